import Glibc

/// The machine's own file system.
package struct PosixFileSystem: FileSystem {
  package init() {}

  package func openForReading(_ path: String) throws(StorageError) -> any StoredFile {
    try PosixFile(path: path, flags: O_RDONLY | O_CLOEXEC)
  }

  package func create(_ path: String) throws(StorageError) -> any StoredFile {
    try PosixFile(path: path, flags: O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC)
  }

  package func openForAppending(_ path: String) throws(StorageError) -> any StoredFile {
    try PosixFile(path: path, flags: O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC)
  }

  package func createDirectory(_ path: String) throws(StorageError) {
    var prefix = path.hasPrefix("/") ? "" : "."
    for component in path.split(separator: "/") {
      prefix += "/" + component
      guard unsafe mkdir(prefix, 0o750) == 0 || errno == EEXIST else {
        throw StorageError(.open, path: prefix, detail: "cannot create the directory", errno: errno)
      }
    }
  }

  package func list(_ path: String) throws(StorageError) -> [String] {
    guard let directory = unsafe opendir(path) else {
      if errno == ENOENT { return [] }
      throw StorageError(.list, path: path, errno: errno)
    }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  package func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  package func rename(_ source: String, to target: String) throws(StorageError) {
    guard unsafe Glibc.rename(source, target) == 0 else { throw StorageError(.rename, path: source, errno: errno) }
  }

  package func remove(_ path: String) throws(StorageError) {
    guard unsafe Glibc.remove(path) == 0 || errno == ENOENT else {
      throw StorageError(.remove, path: path, errno: errno)
    }
  }

  package func removeTree(_ path: String) throws(StorageError) {
    var status = stat()
    if unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      for name in try list(path) { try removeTree(path + "/" + name) }
    }
    try remove(path)
  }

  package func link(_ source: String, to target: String) throws(StorageError) {
    if unsafe Glibc.link(source, target) == 0 { return }
    guard [EXDEV, EPERM, EMLINK, ENOTSUP, ENOSYS].contains(errno) else {
      throw StorageError(.write, path: target, errno: errno)
    }
    let original = try openForReading(source)
    let copy = try create(target)
    let byteCount = try original.byteCount()
    for offset in stride(from: 0, to: byteCount, by: Self.copyBytes) {
      try copy.append(try original.read(at: offset, count: min(Self.copyBytes, byteCount - offset)))
    }
    try copy.sync()
  }

  private static let copyBytes = 4 << 20

  package func syncDirectory(_ path: String) throws(StorageError) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StorageError(.sync, path: path, errno: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw StorageError(.sync, path: path, errno: errno) }
  }

  package func availableBytes(_ path: String) throws(StorageError) -> Int64 {
    var status = statvfs()
    guard unsafe statvfs(path, &status) == 0 else { throw StorageError(.read, path: path, errno: errno) }
    return Int64(
      clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
  }

  package func totalBytes(_ path: String) -> Int64? {
    var status = statvfs()
    guard unsafe statvfs(path, &status) == 0 else { return nil }
    return Int64(
      clamping: UInt64(status.f_blocks).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
  }
}

/// One file descriptor. Reads are `pread`, so that an I/O error is an error and not a signal.
private final class PosixFile: StoredFile {
  let path: String
  private let descriptor: Int32

  init(path: String, flags: Int32) throws(StorageError) {
    descriptor = unsafe open(path, flags, 0o640)
    self.path = path
    guard descriptor >= 0 else { throw StorageError(.open, path: path, errno: errno) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func byteCount() throws(StorageError) -> Int {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw StorageError(.read, path: path, errno: errno) }
    return Int(status.st_size)
  }

  func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8] {
    guard offset >= 0, count >= 0 else {
      throw StorageError(.damaged, path: path, detail: "a negative offset or length")
    }
    var failure: StorageError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      guard let base = buffer.baseAddress else { return }
      while filled < count {
        let got = unsafe pread(descriptor, base + filled, count - filled, off_t(offset + filled))
        if got < 0, errno == EINTR { continue }
        guard got > 0 else {
          failure =
            got < 0
            ? StorageError(.read, path: path, errno: errno)
            : StorageError(
              .damaged, path: path, detail: "ends at byte \(offset + filled), \(count - filled) bytes early")
          return
        }
        filled += got
      }
    }
    if let failure { throw failure }
    return bytes
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
    guard let base = bytes.baseAddress else { return }
    var written = 0
    while written < bytes.count {
      let count = unsafe write(descriptor, base + written, bytes.count - written)
      if count < 0 {
        if errno == EINTR { continue }
        throw StorageError(.write, path: path, errno: errno)
      }
      written += count
    }
  }

  func sync() throws(StorageError) {
    guard fdatasync(descriptor) == 0 else { throw StorageError(.sync, path: path, errno: errno) }
  }

  func truncate(to byteCount: Int) throws(StorageError) {
    guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw StorageError(.write, path: path, errno: errno) }
  }

  func dropCache() { posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) }
}

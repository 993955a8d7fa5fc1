import CZlib

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes around a batch (docs/format/sdk-buffer.md). Integers are little-endian.
enum BufferFrame {
  static let fileHeaderByteCount = 16
  static let headerByteCount = 16
  static let magic: [UInt8] = Array("SLSDKBUF".utf8)
  static let majorVersion: UInt8 = 1
  static let minorVersion: UInt8 = 0
  /// The longest body, far above what a receiver takes.
  static let bodyByteLimit = 256 << 20
  /// A batch.
  static let batch: UInt8 = 1
  /// A mark: the first batches of the file, so many, have been sent.
  static let sent: UInt8 = 2

  /// The header of a file.
  static func fileHeader(_ signal: TelemetrySignal) -> [UInt8] {
    let bytes = magic + [majorVersion, minorVersion, code(signal), 0]
    return bytes + little(checksum(bytes))
  }

  /// The header of a frame with this body.
  static func header(kind: UInt8, count: Int, body: [UInt8]) -> [UInt8] {
    let bytes = [kind, 0, 0, 0] + little(UInt32(clamping: count)) + little(UInt32(clamping: body.count))
    return bytes + little(checksum(bytes, body))
  }

  /// CRC-32 over the parts, as in gzip.
  static func checksum(_ parts: [UInt8]...) -> UInt32 {
    var value: UInt = 0
    for part in parts { value = part.withUnsafeBufferPointer { crc32_z(value, $0.baseAddress, $0.count) } }
    return UInt32(truncatingIfNeeded: value)
  }

  /// A number out of four bytes.
  static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func little(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func code(_ signal: TelemetrySignal) -> UInt8 {
    switch signal {
    case .traces: 1
    case .metrics: 2
    case .logs: 3
    }
  }
}

/// One file of a ``DiskBuffer``, open and locked.
struct BufferSegment: Sendable {
  /// Where one batch stands.
  struct Frame: Sendable {
    var offset: Int
    var bodyByteCount: Int
    var itemCount: Int
  }

  /// What opening a file of another process came to.
  enum Opening {
    case open(BufferSegment, problem: String?)
    /// A living process has it.
    case inUse
    case unusable(String)
  }

  private let path: String
  private let descriptor: Int32
  /// Whether this process began the file, and writes to it.
  let isOwn: Bool
  /// The bytes of the file.
  private(set) var byteCount: Int
  /// The bytes that are counted for it: those of the file, and room for marks that are not written yet.
  private(set) var reservedByteCount: Int
  private var frames: [Frame] = []
  private var sentCount = 0

  private init(path: String, descriptor: Int32, isOwn: Bool, byteCount: Int) {
    self.path = path
    self.descriptor = descriptor
    self.isOwn = isOwn
    self.byteCount = byteCount
    reservedByteCount = byteCount
  }

  /// Whether all batches have been sent.
  var isDone: Bool { sentCount == frames.count }
  /// The oldest batch that has not been sent.
  var front: Frame? { isDone ? nil : frames[sentCount] }
  /// The items that have not been sent.
  var itemCount: Int { frames[sentCount...].reduce(0) { $0 + $1.itemCount } }

  /// Begins a file.
  static func create(in directory: String, signal: TelemetrySignal) -> Result<BufferSegment, BufferFailure> {
    let path = "\(directory)/\(BufferFolder.newName(signal))"
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return .failure(BufferFailure("cannot create \(path)")) }
    var segment = BufferSegment(path: path, descriptor: descriptor, isOwn: true, byteCount: 0)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, segment.write(BufferFrame.fileHeader(signal)) else {
      let failure = BufferFailure("cannot write \(path)")
      segment.remove()
      return .failure(failure)
    }
    segment.reservedByteCount = segment.byteCount
    return .success(segment)
  }

  /// Opens a file that another process left; batches before a damaged place are kept.
  static func adopt(_ path: String, signal: TelemetrySignal) -> Opening {
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return errno == ENOENT ? .inUse : .unusable("cannot be opened (errno \(errno))") }
    var status = stat()
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &status) == 0, status.st_nlink > 0 else {
      _ = close(descriptor)
      return .inUse
    }
    var segment = BufferSegment(path: path, descriptor: descriptor, isOwn: false, byteCount: Int(status.st_size))
    let expected = BufferFrame.fileHeader(signal)
    guard let header = segment.read(at: 0, count: expected.count) else {
      // The process ended before it had written the header: nothing is lost.
      return .open(segment, problem: nil)
    }
    // A higher minor version only adds kinds of frames, which are passed over.
    guard header[..<9].elementsEqual(expected[..<9]), header[10] == expected[10],
      BufferFrame.number(header[12...]) == BufferFrame.checksum(Array(header[..<12]))
    else {
      segment.release()
      return .unusable("is no buffer file of \(signal.rawValue) in a version that can be read: it is left alone")
    }
    let problem = segment.scan(from: expected.count)
    return .open(segment, problem: problem)
  }

  /// Finds the batches and marks of the file.
  private mutating func scan(from start: Int) -> String? {
    var offset = start
    while offset < byteCount {
      guard let header = read(at: offset, count: BufferFrame.headerByteCount) else { break }
      let length = Int(BufferFrame.number(header[8..<12]))
      guard length <= BufferFrame.bodyByteLimit,
        let body = read(at: offset + BufferFrame.headerByteCount, count: length),
        BufferFrame.number(header[12...]) == BufferFrame.checksum(Array(header[..<12]), body)
      else { break }
      let count = Int(BufferFrame.number(header[4..<8]))
      if header[0] == BufferFrame.batch {
        frames.append(Frame(offset: offset, bodyByteCount: length, itemCount: count))
      } else if header[0] == BufferFrame.sent {
        sentCount = max(sentCount, min(count, frames.count))
      }
      offset += BufferFrame.headerByteCount + length
    }
    if offset == byteCount { return nil }
    let lost = byteCount - offset
    // Later marks go behind the last good frame.
    if ftruncate(descriptor, off_t(offset)) == 0 {
      byteCount = offset
      reservedByteCount = offset
    }
    return "is damaged at byte \(offset): \(lost) bytes are lost"
  }

  /// Writes a batch at the end; the text says what went wrong.
  mutating func append(_ body: [UInt8], itemCount: Int) -> String? {
    let offset = byteCount
    guard body.count <= BufferFrame.bodyByteLimit else {
      return "a batch of \(body.count) bytes is too long for a file"
    }
    guard write(BufferFrame.header(kind: BufferFrame.batch, count: itemCount, body: body) + body) else {
      return "cannot write \(path) (errno \(errno))"
    }
    reservedByteCount += BufferFrame.headerByteCount * 2 + body.count
    frames.append(Frame(offset: offset, bodyByteCount: body.count, itemCount: itemCount))
    return nil
  }

  /// The body of a batch, or nil when it is not what was written.
  func read(_ frame: Frame) -> [UInt8]? {
    guard let header = read(at: frame.offset, count: BufferFrame.headerByteCount),
      let body = read(at: frame.offset + BufferFrame.headerByteCount, count: frame.bodyByteCount),
      BufferFrame.number(header[12...]) == BufferFrame.checksum(Array(header[..<12]), body)
    else { return nil }
    return body
  }

  /// Marks the oldest batch as sent. A mark that cannot be written costs a second sending after a restart, no more.
  ///
  /// - Returns: its items.
  mutating func removeFront() -> Int {
    guard let frame = front else { return 0 }
    sentCount += 1
    if !isDone { _ = write(BufferFrame.header(kind: BufferFrame.sent, count: sentCount, body: [])) }
    return frame.itemCount
  }

  /// Closes and deletes the file.
  func remove() {
    unlink(path)
    release()
  }

  /// Closes the file, which ends its lock.
  func release() { _ = close(descriptor) }

  /// Writes at the end; false leaves the file as it was.
  private mutating func write(_ bytes: [UInt8]) -> Bool {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written, off_t(byteCount + written))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let reason = errno
        _ = ftruncate(descriptor, off_t(byteCount))
        errno = reason
        return false
      }
      written += count
    }
    byteCount += written
    return true
  }

  private func read(at offset: Int, count: Int) -> [UInt8]? {
    guard offset >= 0, count >= 0, offset + count <= byteCount else { return nil }
    var done = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while done < count {
        let length = pread(descriptor, buffer.baseAddress.map { $0 + done }, count - done, off_t(offset + done))
        if length < 0, errno == EINTR { continue }
        guard length > 0 else { break }
        done += length
      }
      filled = done
    }
    return done == count ? bytes : nil
  }
}

/// A refusal of the file system, in words.
struct BufferFailure: Error, CustomStringConvertible {
  let description: String

  init(_ what: String) { description = "\(what) (errno \(errno))" }
}

/// The folder of a ``DiskBuffer``.
enum BufferFolder {
  private static let suffix = ".slbuf"

  /// A name that nobody else takes, in the order of time.
  static func newName(_ signal: TelemetrySignal) -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let nanoseconds = UInt64(clamping: now.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: now.tv_nsec)
    let unique = Hexadecimal.string(IdentifierSource.shared.next())
    return "\(signal.rawValue)-\(Hexadecimal.string(nanoseconds))-\(unique)\(suffix)"
  }

  /// The names of the files of a signal, oldest first.
  static func files(in directory: String, signal: TelemetrySignal) -> [String] {
    guard let folder = opendir(directory) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix("\(signal.rawValue)-"), name.hasSuffix(suffix) { names.append(name) }
    }
    return names.sorted()
  }

  /// Makes the folder and those above it; the text says what went wrong.
  static func create(_ directory: String) -> String? {
    var path = directory.hasPrefix("/") ? "/" : ""
    for part in directory.split(separator: "/") {
      path += path.isEmpty || path.hasSuffix("/") ? String(part) : "/\(part)"
      if mkdir(path, 0o700) != 0, errno != EEXIST { return "cannot create the folder \(path) (errno \(errno))" }
    }
    return nil
  }
}

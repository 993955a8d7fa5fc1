/// The edit log of parts and spent frames, open for writing. Owned by one thread at a time.
package struct Manifest: Sendable {
  package private(set) var state: ManifestState
  private let path: String
  private let directory: String
  private let fileSystem: any FileSystem
  private var file: (any StoredFile)?
  private var byteCount: Int
  /// Bytes of the last snapshot: what the state needs.
  private var snapshotByteCount: Int

  /// What opening found besides the state.
  package struct Findings: Sendable {
    /// Damage in words; empty when all is well.
    package var damage: [String] = []
    /// Bytes of a damaged manifest, to be kept.
    package var damagedBytes: [UInt8] = []

    package init() {}
  }

  /// A file smaller than this is not worth a snapshot.
  private static let compactionByteCount = 64 << 10

  /// Reads the manifest (an absent one is empty) and makes it ready for edits.
  ///
  /// - Throws: `.unsupportedFormat` of a newer program, or what the file system says; never for damage.
  package static func open(
    directory: String, fileSystem: any FileSystem
  ) throws(StorageError) -> (manifest: Manifest, findings: Findings) {
    let path = StoreLayout(directory: directory).manifestPath
    try fileSystem.remove(path + ".new")
    guard fileSystem.exists(path) else {
      var manifest = Manifest(state: ManifestState(), path: path, directory: directory, fileSystem: fileSystem)
      try manifest.writeSnapshot()
      return (manifest, Findings())
    }
    let reading = try fileSystem.openForReading(path)
    let bytes = try reading.read(at: 0, count: try reading.byteCount())
    let content = try ManifestFile.decode(bytes, path: path)
    var findings = Findings()
    var manifest = Manifest(state: content.state, path: path, directory: directory, fileSystem: fileSystem)
    if !content.damage.isEmpty {
      findings.damage = content.damage
      findings.damagedBytes = bytes
    }
    if content.damage.isEmpty, content.readableByteCount == bytes.count, !bytes.isEmpty,
      content.formatMajor == ManifestFile.formatMajor, bytes.count < Self.compactionByteCount
    {
      manifest.file = try fileSystem.openForAppending(path)
      manifest.byteCount = bytes.count
      manifest.snapshotByteCount = bytes.count / 4
    } else if findings.damage.isEmpty {
      try manifest.writeSnapshot()
    }
    return (manifest, findings)
  }

  private init(state: ManifestState, path: String, directory: String, fileSystem: any FileSystem) {
    self.state = state
    self.path = path
    self.directory = directory
    self.fileSystem = fileSystem
    byteCount = 0
    snapshotByteCount = 0
  }

  /// Makes an edit durable and applies it. After a failure the state is as before, and the next edit writes a snapshot.
  package mutating func append(_ edit: [ManifestOperation]) throws(StorageError) {
    guard !edit.isEmpty else { return }
    let before = state
    for operation in edit { state.apply(operation) }
    do throws(StorageError) {
      if let file, byteCount < max(Self.compactionByteCount, 4 * snapshotByteCount) {
        let bytes = ManifestFile.encode(edit)
        try file.append(bytes)
        try file.sync()
        byteCount += bytes.count
      } else {
        try writeSnapshot()
      }
    } catch {
      state = before
      file = nil
      throw error
    }
  }

  /// Replaces the file by one edit that holds the state.
  package mutating func writeSnapshot() throws(StorageError) {
    file = nil
    let bytes = ManifestFile.header + ManifestFile.encode(state.operations)
    let created = try fileSystem.create(path + ".new")
    try created.append(bytes)
    try created.sync()
    try fileSystem.rename(path + ".new", to: path)
    try fileSystem.syncDirectory(directory)
    file = try fileSystem.openForAppending(path)
    byteCount = bytes.count
    snapshotByteCount = bytes.count
  }
}

package import TelemetryStore

/// One backup: a data folder whose parts are links to those of the store. See docs/format/manifest.md, "Backups".
///
/// The manifest comes last and makes it a backup; without one the folder is what a broken attempt left.
package struct BackupFolder: Sendable {
  package let name: String
  package let layout: StoreLayout
  private let fileSystem: any FileSystem

  /// - Parameter directory: the folder.
  package init(directory: String, fileSystem: any FileSystem) {
    name = directory.split(separator: "/").last.map(String.init) ?? directory
    layout = StoreLayout(directory: directory)
    self.fileSystem = fileSystem
  }

  /// Whether a folder may be called so: letters, digits, `.`, `-` and `_`, at most 64, no `.` in front.
  package static func isName(_ text: String) -> Bool {
    let bytes = text.utf8
    return (1...64).contains(bytes.count) && bytes.first != UInt8(ascii: ".")
      && bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  package var isComplete: Bool { fileSystem.exists(layout.manifestPath) }

  /// Links the parts that `state` lists into the folder, which is empty or absent, and writes a manifest of it.
  ///
  /// - Parameter source: the folder that has them.
  /// - Throws: what the file system says; the folder is no backup then.
  package func write(_ state: ManifestState, from source: StoreLayout) throws(StorageError) {
    var directories: Set<String> = []
    for part in state.parts.keys.sorted(by: { source.partPath($0) < source.partPath($1) }) {
      let directory = layout.dayDirectory(part)
      if directories.insert(directory).inserted { try fileSystem.createDirectory(directory) }
      try fileSystem.link(source.partPath(part), to: layout.partPath(part))
    }
    for directory in directories { try fileSystem.syncDirectory(directory) }
    try fileSystem.createDirectory(layout.directory)
    let file = try fileSystem.create(layout.manifestPath + ".new")
    try file.append(ManifestFile.header + ManifestFile.encode(state.operations))
    try file.sync()
    try fileSystem.rename(layout.manifestPath + ".new", to: layout.manifestPath)
    try fileSystem.syncDirectory(layout.directory)
  }

  /// What it holds.
  ///
  /// - Throws: `.damaged` when its manifest cannot be read, or what the file system says.
  package func state() throws(StorageError) -> ManifestState {
    let file = try fileSystem.openForReading(layout.manifestPath)
    let content = try ManifestFile.decode(
      try file.read(at: 0, count: try file.byteCount()), path: layout.manifestPath)
    if let damage = content.damage.first {
      throw StorageError(.damaged, path: layout.manifestPath, detail: damage)
    }
    return content.state
  }

  /// The same in numbers.
  ///
  /// - Throws: as `state` does.
  package func description() throws(StorageError) -> StoreBackup {
    let parts = try state().parts.values
    let first = parts.map(\.timeFirst).min()
    let last = parts.map(\.timeLast).max()
    var timeRange: ClosedRange<Int64>?
    if let first, let last, first <= last { timeRange = first...last }
    return StoreBackup(
      name: name, path: layout.directory, partCount: parts.count,
      rowCount: parts.reduce(0) { $0 + Int(clamping: $1.rowCount) },
      byteCount: parts.reduce(0) { $0 + Int64(clamping: $1.byteCount) }, timeRange: timeRange)
  }

  /// Removes it, or what a broken attempt left: the manifest first, so that what may stay is no backup.
  package func remove() throws(StorageError) {
    try fileSystem.remove(layout.manifestPath)
    try fileSystem.removeTree(layout.directory)
  }
}

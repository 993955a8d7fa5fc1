import EmbeddedStore
import TelemetryStorage
import TelemetryStore

/// Makes a data folder from a backup, for the command line.
package enum FolderRestore {
  /// Checks the backup and links (or copies) its parts into a new folder.
  ///
  /// - Returns: how much there is, in one line.
  /// - Throws: `StartFailure` when the backup is none or is damaged, or the folder is not empty.
  package static func run(_ backup: String, to directory: String) throws -> String {
    let fileSystem = PosixFileSystem()
    let report = try FolderCheck.run(backup)
    guard !report.isDamaged else {
      throw StartFailure("\(backup) is damaged: `sightline fsck \(backup)` says where")
    }
    do throws(StorageError) {
      guard try fileSystem.list(directory).isEmpty else {
        throw StorageError(.nameInUse, path: directory, detail: "is not empty; a backup is restored into a new folder")
      }
      let source = BackupFolder(directory: backup, fileSystem: fileSystem)
      let target = BackupFolder(directory: directory, fileSystem: fileSystem)
      try target.write(try source.state(), from: source.layout)
      let restored = try target.description()
      return "restored \(restored.rowCount) rows in \(restored.partCount) parts to \(directory)"
    } catch {
      throw StartFailure("nothing was restored: \(error)")
    }
  }
}

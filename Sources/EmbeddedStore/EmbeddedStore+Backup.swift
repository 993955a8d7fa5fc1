internal import Synchronization
internal import TelemetryModel
internal import TelemetryStorage
package import TelemetryStore

extension EmbeddedStore {
  /// See `TelemetryStore.createBackup`.
  ///
  /// Memory is flushed, then the parts are linked with the manifest locked, so that no merge swaps them meanwhile; appends and
  /// queries go on.
  package func createBackup(_ name: String) async throws(StoreFailure) -> StoreBackup {
    let folder = try backupFolder(name)
    do throws(StorageError) {
      return try await maintenance { () throws(StorageError) in
        for signal in Signal.allCases { try self.flushMemory(signal) }
        return try self.manifest.withLock { manifest throws(StorageError) in
          guard !folder.isComplete else {
            throw StorageError(.nameInUse, path: folder.layout.directory)
          }
          do throws(StorageError) {
            try folder.remove()
            try folder.write(manifest.state, from: self.layout)
            return try folder.description()
          } catch {
            // What is left in spite of that goes when the store opens.
            try? folder.remove()
            throw error
          }
        }
      }
    } catch {
      if error.code == .nameInUse { throw .invalid("there is a backup '\(name)' already") }
      if error.code == .diskFull { throw .diskFull }
      throw .unavailable("no backup was made: \(error)")
    }
  }

  /// See `TelemetryStore.backups`.
  package func backups() async throws(StoreFailure) -> [StoreBackup] {
    do throws(StorageError) {
      return try await maintenance { () throws(StorageError) in
        var backups: [StoreBackup] = []
        for name in try self.fileSystem.list(self.layout.backupsDirectory) {
          let folder = BackupFolder(directory: self.layout.backupDirectory(name), fileSystem: self.fileSystem)
          if folder.isComplete { backups.append(try folder.description()) }
        }
        return backups
      }
    } catch {
      throw .unavailable("the backups cannot be listed: \(error)")
    }
  }

  /// See `TelemetryStore.removeBackup`.
  package func removeBackup(_ name: String) async throws(StoreFailure) -> Bool {
    let folder = try backupFolder(name)
    do throws(StorageError) {
      return try await maintenance { () throws(StorageError) in
        guard folder.isComplete else { return false }
        try folder.remove()
        return true
      }
    } catch {
      throw .unavailable("the backup '\(name)' cannot be removed: \(error)")
    }
  }

  private func backupFolder(_ name: String) throws(StoreFailure) -> BackupFolder {
    guard BackupFolder.isName(name) else {
      throw .invalid("'\(name)' is no name of a backup: up to 64 letters, digits, '.', '-' and '_'")
    }
    return BackupFolder(directory: layout.backupDirectory(name), fileSystem: fileSystem)
  }
}

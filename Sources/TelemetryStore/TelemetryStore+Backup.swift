/// For stores whose backups are made elsewhere.
extension TelemetryStore {
  package func createBackup(_ name: String) async throws(StoreFailure) -> StoreBackup {
    throw .unavailable("this store makes no backups")
  }

  package func backups() async throws(StoreFailure) -> [StoreBackup] { [] }

  package func removeBackup(_ name: String) async throws(StoreFailure) -> Bool { false }
}

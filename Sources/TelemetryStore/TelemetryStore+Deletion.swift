/// For stores that keep what they have.
extension TelemetryStore {
  package func delete(_ request: DeleteRequest) async throws(StoreFailure) -> Deletion {
    throw .unavailable("this store deletes nothing")
  }

  package func deletions() async throws(StoreFailure) -> [Deletion] { [] }

  package func retentionPreview(_ policy: RetentionPolicy?, now: Int64) async -> RetentionPreview {
    RetentionPreview(policy: policy ?? RetentionPolicy(maximumAge: [:]), shares: [])
  }
}

internal import Synchronization
internal import TelemetryModel
internal import TelemetryStorage
package import TelemetryStore

extension EmbeddedStore {
  /// See `TelemetryStore.scan`. The stream holds its snapshot, so that its parts stay until it ends.
  package func scan(_ request: ScanRequest) async throws(StoreFailure) -> ScanStream {
    let snapshot = try snapshot(request.signal, tenant: request.tenant)
    let stream = queries.scan(request, over: snapshot.blocks)
    return ScanStream(
      next: { () async throws(StoreFailure) in
        defer { withExtendedLifetime(snapshot) {} }
        return try await stream.next()
      }, statistics: { stream.statistics })
  }

  /// What a query that begins now reads; nothing for a tenant that does not exist.
  private func snapshot(_ signal: Signal, tenant: String) throws(StoreFailure) -> StoreSnapshot {
    if isClosed.load(ordering: .acquiring) { throw .unavailable("the store is shutting down") }
    guard tenant == Self.tenant else { return StoreSnapshot(memory: [], parts: []) }
    return state.withLock { $0.snapshot(signal) }
  }
}

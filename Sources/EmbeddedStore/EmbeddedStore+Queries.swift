internal import Synchronization
package import TelemetryModel
internal import TelemetryStorage
package import TelemetryStore

extension EmbeddedStore: TelemetryStore {
  package var capabilities: StoreCapabilities { .regularExpressions }

  /// See `TelemetryStore.validate`.
  package func validate(_ predicate: Predicate) throws(StoreFailure) { try queries.validate(predicate) }

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

  /// See `TelemetryStore.aggregate`.
  package func aggregate(
    _ request: AggregateRequest, progress: (@Sendable (QueryStatistics) -> Void)?
  ) async throws(StoreFailure) -> PartialAggregates {
    let snapshot = try snapshot(request.signal, tenant: request.tenant)
    defer { withExtendedLifetime(snapshot) {} }
    return try await queries.aggregate(request, over: snapshot.blocks, progress: progress)
  }

  /// See `TelemetryStore.series`.
  package func series(_ request: SeriesRequest) async throws(StoreFailure) -> SeriesAnswer {
    let snapshot = try snapshot(.metrics, tenant: request.tenant)
    defer { withExtendedLifetime(snapshot) {} }
    return try await queries.series(request, over: snapshot.blocks)
  }

  /// See `TelemetryStore.fieldKeys`.
  package func fieldKeys(_ request: FieldKeysRequest) async throws(StoreFailure) -> FieldKeysAnswer {
    let snapshot = try snapshot(request.signal, tenant: request.tenant)
    defer { withExtendedLifetime(snapshot) {} }
    return try await queries.fieldKeys(request, over: snapshot.blocks)
  }

  /// See `TelemetryStore.fieldValues`.
  package func fieldValues(_ request: FieldValuesRequest) async throws(StoreFailure) -> FieldValuesAnswer {
    let snapshot = try snapshot(request.signal, tenant: request.tenant)
    defer { withExtendedLifetime(snapshot) {} }
    return try await queries.fieldValues(request, over: snapshot.blocks)
  }

  /// See `TelemetryStore.trace`.
  package func trace(_ id: TraceID, hint: TimeRange?) async throws(StoreFailure) -> TraceAnswer {
    let snapshot = try snapshot(.spans, tenant: Self.tenant)
    defer { withExtendedLifetime(snapshot) {} }
    return try await queries.trace(id, hint: hint, over: snapshot.blocks)
  }

  /// What a query that begins now reads; nothing for a tenant that does not exist.
  private func snapshot(_ signal: Signal, tenant: String) throws(StoreFailure) -> StoreSnapshot {
    if isClosed.load(ordering: .acquiring) { throw .unavailable("the store is shutting down") }
    guard tenant == Self.tenant else { return StoreSnapshot(memory: [], parts: []) }
    return state.withLock { $0.snapshot(signal) }
  }
}

package import TelemetryModel
package import TelemetryStore

/// Names of the services behind calls, learnt from spans that a call is the parent of.
///
/// A call's attributes often say only an address. The newest calls are followed into their traces: where a span of
/// another service has the call as its parent, that service is what the call's attributes stand for.
package struct CalleeNames: Sendable {
  /// Peer attributes → service.
  package let names: [PeerFields: String]
  package let statistics: QueryStatistics

  /// Calls that are followed.
  private static let callLimit = 400
  /// Traces that are read for it.
  private static let traceLimit = 60

  /// - Parameter service: the rows of the calling service.
  package static func load(
    store: any TelemetryStore, service: Predicate, range: TimeRange
  ) async throws(StoreFailure) -> CalleeNames {
    let fields = [Field.traceID, Field.spanID, Field.kind] + PeerFields.all
    let calls = try await rows(
      store,
      ScanRequest(
        signal: .spans, timeRange: range, predicate: .and([service, ServiceDetail.Dependency.calls]),
        projection: .fields(fields), rowLimit: callLimit))
    var peers: [SpanID: PeerFields] = [:]
    var traces: [TraceID] = []
    for batch in calls.batches {
      let table = SpanTable(batch)
      let columns = PeerFields.all.map { batch.columns(scope: .record, name: $0.key) }
      for row in 0..<batch.rowCount {
        let values = columns.map { candidates in candidates.lazy.compactMap { $0.value(atRow: row) }.first }
        let peer = PeerFields(values)
        guard peer.canBeService else { continue }
        if traces.last != table.traceIDs[row], !traces.contains(table.traceIDs[row]) {
          if traces.count == traceLimit { continue }
          traces.append(table.traceIDs[row])
        }
        peers[table.spanIDs[row]] = peer
      }
    }
    guard !traces.isEmpty else { return CalleeNames(names: [:], statistics: calls.statistics) }
    let answered = try await rows(
      store,
      ScanRequest(
        signal: .spans, timeRange: range, predicate: .and([.traceIDs(traces), ServiceCatalogue.answered]),
        projection: .fields([Field.traceID, Field.spanID, Field.parentSpanID]), order: .stored, rowLimit: 20_000))
    var votes: [PeerFields: [String: Int]] = [:]
    for batch in answered.batches {
      let table = SpanTable(batch)
      for row in 0..<table.count {
        guard let peer = peers[table.parents[row]] else { continue }
        votes[peer, default: [:]][table.services[table.serviceCodes[row]], default: 0] += 1
      }
    }
    var statistics = calls.statistics
    statistics.add(answered.statistics)
    // A proxy's address may lead to several services: then the address stays.
    let names = votes.compactMapValues { $0.count == 1 ? $0.keys.first : nil }
    return CalleeNames(names: names, statistics: statistics)
  }

  private static func rows(
    _ store: any TelemetryStore, _ request: ScanRequest
  ) async throws(StoreFailure) -> (batches: [RecordBatch], statistics: QueryStatistics) {
    let stream = try await store.scan(request)
    var batches: [RecordBatch] = []
    while let event = try await stream.next() {
      if case .rows(let batch) = event { batches.append(batch) }
    }
    return (batches, stream.statistics)
  }
}

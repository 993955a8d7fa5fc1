import Insight
import PromQL
import TelemetryModel
import TelemetryStore

/// The edges between services, from calls and the spans that answered them: `traces_service_graph_…`.
struct ServiceGraph: Sendable {
  /// Upper bounds in seconds, those of Tempo's generator.
  static let bounds: [Double] = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8]
  /// Spans that a graph may be made of: some 300 MB.
  private static let spanLimit = 2_000_000
  /// How far a call and its answer may lie apart, so that one of them lies outside of the range; nanoseconds.
  private static let margin: Int64 = 60_000_000_000
  /// Who calls what has no parent.
  private static let outside = "user"

  /// What an edge leads from and to, and how.
  private struct Edge: Hashable {
    let client: String
    let server: String
    /// Empty for a plain call.
    let connection: String
  }

  private struct Traffic {
    var requests: SlotCounter
    var failed: SlotCounter
    var server: SlotHistogram
    var client: SlotHistogram
    var messaging: SlotHistogram

    init(_ grid: SampleGrid) {
      requests = SlotCounter(grid)
      failed = SlotCounter(grid)
      server = SlotHistogram(grid, bounds: ServiceGraph.bounds)
      client = SlotHistogram(grid, bounds: ServiceGraph.bounds)
      messaging = SlotHistogram(grid, bounds: ServiceGraph.bounds)
    }

    /// Counts one request, whose spans are rows of a table. Where only one side was seen, it is the measure of both.
    mutating func add(
      client: Int?, server: Int?, first: Int, isMessage: Bool, _ table: SpanTable, at slot: Int
    ) {
      requests.add(1, at: slot)
      let error = StatusCode.error.rawValue
      if table.statuses[first] == error || server.map({ table.statuses[$0] == error }) ?? false {
        failed.add(1, at: slot)
      }
      self.server.add(nanoseconds: table.durations[server ?? first], at: slot)
      self.client.add(nanoseconds: table.durations[first], at: slot)
      if let client, let server, isMessage {
        let sent = table.starts[client].addingReportingOverflow(table.durations[client]).partialValue
        messaging.add(nanoseconds: table.starts[server].subtractingReportingOverflow(sent).partialValue, at: slot)
      }
    }
  }

  private struct SpanKey: Hashable {
    let trace: TraceID
    let span: SpanID
  }

  private var edges: [Edge: Traffic] = [:]
  /// What finding them cost.
  private(set) var statistics = QueryStatistics()

  /// Finds the edges whose calls began in a grid's range.
  ///
  /// Cost: the spans of the range that are of a kind that calls or answers.
  static func load(_ store: any TelemetryStore, _ grid: SampleGrid) async throws(StoreFailure) -> ServiceGraph {
    let kinds = [SpanKind.server, .client, .producer, .consumer].map { AttributeValue.int($0.rawValue) }
    let stream = try await store.scan(
      ScanRequest(
        signal: .spans,
        timeRange: TimeRange(
          start: grid.range.start.subtractingReportingOverflow(margin).partialValue,
          end: grid.range.end.addingReportingOverflow(margin).partialValue),
        predicate: .memberOf(Field.kind, kinds),
        projection: .fields(
          [Field.traceID, Field.spanID, Field.parentSpanID, Field.kind, Field.status, Field.duration] + PeerFields.all),
        order: .stored))
    var table = SpanTable()
    var peers: [PeerFields] = []
    while let event = try await stream.next() {
      guard case .rows(let batch) = event else { continue }
      table.append(batch)
      let columns = PeerFields.all.map { batch.columns(scope: .record, name: $0.key) }
      for row in 0..<batch.rowCount {
        peers.append(PeerFields(columns.map { $0.lazy.compactMap { $0.value(atRow: row) }.first }))
      }
      if table.count > spanLimit {
        throw .memoryExhausted(operation: "the spans of a service graph", limitBytes: spanLimit * 150)
      }
    }
    var graph = ServiceGraph()
    graph.statistics = stream.statistics
    try graph.pair(table, peers, grid)
    return graph
  }

  private mutating func pair(
    _ table: SpanTable, _ peers: [PeerFields], _ grid: SampleGrid
  ) throws(StoreFailure) {
    var calls: [SpanKey: Int] = [:]
    var isAnswered = [Bool](repeating: false, count: table.count)
    for row in 0..<table.count where ServiceGraph.calls(table.kinds[row]) {
      calls[SpanKey(trace: table.traceIDs[row], span: table.spanIDs[row])] = row
    }
    for row in 0..<table.count where !ServiceGraph.calls(table.kinds[row]) {
      let server = table.services[table.serviceCodes[row]]
      if table.parents[row].isZero {
        let edge = Edge(client: ServiceGraph.outside, server: server, connection: "virtual_node")
        try add(edge, client: nil, server: row, table, grid)
      } else if let call = calls[SpanKey(trace: table.traceIDs[row], span: table.parents[row])] {
        isAnswered[call] = true
        let isMessage = table.kinds[call] == SpanKind.producer.rawValue
        let edge = Edge(
          client: table.services[table.serviceCodes[call]], server: server,
          connection: isMessage ? "messaging_system" : "")
        try add(edge, client: call, server: row, table, grid)
      }
    }
    for row in calls.values where !isAnswered[row] {
      let peer = peers[row]
      guard peer.name != "unknown", table.kinds[row] == SpanKind.client.rawValue else { continue }
      let edge = Edge(
        client: table.services[table.serviceCodes[row]], server: peer.name,
        connection: peer.kind == .db ? "database" : "virtual_node")
      try add(edge, client: row, server: nil, table, grid)
    }
  }

  private static func calls(_ kind: Int64) -> Bool {
    kind == SpanKind.client.rawValue || kind == SpanKind.producer.rawValue
  }

  /// Counts one request at the time of its first span.
  private mutating func add(
    _ edge: Edge, client: Int?, server: Int?, _ table: SpanTable, _ grid: SampleGrid
  ) throws(StoreFailure) {
    guard let first = client ?? server, grid.range.contains(table.starts[first]) else { return }
    let slot = grid.slot(table.starts[first])
    try grid.check(counters: edges.count * 3 * (ServiceGraph.bounds.count + 3), for: "the edges of a service graph")
    // In place: a copy of an edge's counters for every span costs more than all the rest.
    edges[edge, default: Traffic(grid)].add(
      client: client, server: server, first: first, isMessage: edge.connection == "messaging_system", table, at: slot)
  }

  func series(_ names: Set<VirtualMetric>, _ grid: SampleGrid) -> [SampleSeries] {
    var found: [SampleSeries] = []
    for (edge, traffic) in edges {
      let labels = [("client", edge.client), ("server", edge.server), ("connection_type", edge.connection)]
      if names.contains(.requests) { found.append(SampleSeries(.requests, labels, traffic.requests, grid)) }
      if names.contains(.failedRequests) { found.append(SampleSeries(.failedRequests, labels, traffic.failed, grid)) }
      var histograms: [(VirtualMetric, VirtualMetric, VirtualMetric, SlotHistogram)] = [
        (.serverBuckets, .serverCount, .serverSum, traffic.server),
        (.clientBuckets, .clientCount, .clientSum, traffic.client),
      ]
      if edge.connection == "messaging_system" {
        histograms.append((.messagingBuckets, .messagingCount, .messagingSum, traffic.messaging))
      }
      for (buckets, count, sum, histogram) in histograms {
        if names.contains(count) { found.append(SampleSeries(count, labels, histogram.count, grid)) }
        if names.contains(sum) { found.append(SampleSeries(sum, labels, histogram.sum, grid)) }
        guard names.contains(buckets) else { continue }
        for (bound, counter) in histogram.labelled {
          found.append(SampleSeries(buckets, labels + [("le", bound)], counter, grid))
        }
      }
    }
    return found
  }
}

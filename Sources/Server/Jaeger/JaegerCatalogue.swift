import QueryCore
import TelemetryModel
import TelemetryStore

/// Services, operations and dependencies out of aggregates over spans.
struct JaegerCatalogue: Sendable {
  let store: any TelemetryStore

  struct Operation: Hashable, Sendable {
    let name: String
    let kind: SpanKind
  }

  struct Dependency: Sendable {
    let parent: String
    let child: String
    let callCount: Int
  }

  /// The names of all services, sorted.
  func services() async throws(StoreFailure) -> [String] {
    let groups = try await groups(.all, [Field.serviceName])
    return Set(groups.map { JaegerCatalogue.service($0[0]) }).sorted()
  }

  /// The operations of a service, sorted by name and kind.
  func operations(of service: String, kind: SpanKind? = nil) async throws(StoreFailure) -> [Operation] {
    var predicate = Predicate.equals(Field.serviceName, .string(service))
    if let kind { predicate = .and([predicate, .equals(Field.kind, .int(kind.rawValue))]) }
    let operations = try await groups(predicate, [Field.name, Field.kind]).map { key in
      var number: Int64 = 0
      if case .int(let kind)? = key[1] { number = kind }
      return Operation(name: JaegerCatalogue.text(key[0]) ?? "", kind: SpanKind(rawValue: number) ?? .unspecified)
    }
    return Set(operations).sorted { ($0.name, $0.kind.rawValue) < ($1.name, $1.kind.rawValue) }
  }

  /// Which service called which, from spans whose parent is of another service.
  ///
  /// Cost: the spans of the window with the ids of themselves and of their parents.
  func dependencies(_ range: TimeRange) async throws(StoreFailure) -> [Dependency] {
    let stream = try await store.scan(
      ScanRequest(
        signal: .spans, timeRange: range,
        projection: .fields([Field.traceID, Field.spanID, Field.parentSpanID]), order: .stored))
    var services: [SpanKey: String] = [:]
    var callers: [(parent: SpanKey, child: String)] = []
    while let event = try await stream.next() {
      guard case .rows(let batch) = event else { continue }
      let records = SpanRecords(batch)
      for group in records.groups {
        let service = group.resource.serviceName
        for row in group.rows {
          let span = records.record(row)
          services[SpanKey(trace: span.traceID, span: span.spanID)] = service
          if !span.parentID.isZero { callers.append((SpanKey(trace: span.traceID, span: span.parentID), service)) }
        }
      }
      if services.count > JaegerCatalogue.spanLimit {
        throw .memoryExhausted(
          operation: "the spans of a dependency graph", limitBytes: JaegerCatalogue.spanLimit * 128)
      }
    }
    var counts: [[String]: Int] = [:]
    for caller in callers {
      guard let parent = services[caller.parent], parent != caller.child else { continue }
      counts[[parent, caller.child], default: 0] += 1
    }
    return counts.map { Dependency(parent: $0.key[0], child: $0.key[1], callCount: $0.value) }
      .sorted { ($0.parent, $0.child) < ($1.parent, $1.child) }
  }

  /// Spans that a dependency graph may be made of: some 250 MB of keys.
  private static let spanLimit = 2_000_000

  private struct SpanKey: Hashable {
    let trace: TraceID
    let span: SpanID
  }

  private func groups(
    _ predicate: Predicate, _ fields: [FieldReference]
  ) async throws(StoreFailure) -> [[AttributeValue?]] {
    let answer = try await store.aggregate(
      AggregateRequest(
        signal: .spans, timeRange: .all, predicate: predicate, groupBy: fields, aggregates: [Aggregate(.count)]),
      progress: nil)
    return answer.groups.keys.map(\.values)
  }

  private static func text(_ value: AttributeValue?) -> String? {
    if case .string(let text)? = value { text } else { nil }
  }

  private static func service(_ value: AttributeValue?) -> String { text(value) ?? "unknown_service" }
}

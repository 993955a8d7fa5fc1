package import QueryCore
package import TelemetryModel
package import TelemetryStore

/// The services of a window, from aggregates over spans and logs.
///
/// Requests are spans of kind server and consumer; for services that have neither, their root spans. Services that only
/// call others or only log are listed without requests.
package struct ServiceCatalogue: Sendable {
  private let store: any TelemetryStore
  private let range: TimeRange
  package let axis: TimeAxis

  package init(store: any TelemetryStore, range: TimeRange, axis: TimeAxis) {
    self.store = store
    self.range = range
    self.axis = axis
  }

  /// Spans that stand for a request which the service answered.
  package static let answered: Predicate = .memberOf(
    Field.kind, [.int(SpanKind.server.rawValue), .int(SpanKind.consumer.rawValue)])
  /// Spans without a parent.
  package static let root: Predicate = .not(.exists(Field.parentSpanID))

  /// The services, most requests first.
  ///
  /// - Parameters:
  ///   - filter: narrows the rows.
  ///   - excluded: a service to leave out, or nil.
  package func services(
    filter: Predicate, excluding excluded: String?
  ) async throws(StoreFailure) -> (services: [ServiceSummary], statistics: QueryStatistics) {
    var found: [String: ServiceSummary] = [:]
    var statistics = QueryStatistics()
    statistics.add(try await addMetadata(to: &found, filter: filter))
    statistics.add(try await addLogs(to: &found, filter: filter))
    statistics.add(
      try await addRequests(to: &found, ServiceCatalogue.answered, filter: filter, onlyWithoutRequests: false))
    if found.values.contains(where: { $0.rates.requests == 0 }) {
      statistics.add(
        try await addRequests(to: &found, ServiceCatalogue.root, filter: filter, onlyWithoutRequests: true))
    }
    if let excluded { found[excluded] = nil }
    let services = found.values.sorted { ($1.rates.requests, $0.name) < ($0.rates.requests, $1.name) }
    return (services, statistics)
  }

  private func addRequests(
    to found: inout [String: ServiceSummary], _ kind: Predicate, filter: Predicate, onlyWithoutRequests: Bool
  ) async throws(StoreFailure) -> QueryStatistics {
    let answer = try await store.aggregate(
      AggregateRequest(
        signal: .spans, timeRange: range, predicate: .all(of: [kind, filter]), groupBy: [Field.serviceName],
        timeBucket: TimeBucket(width: axis.step), aggregates: RequestRates.aggregates), progress: nil)
    let withRequests = onlyWithoutRequests ? Set(found.values.filter { $0.rates.requests > 0 }.map(\.name)) : []
    for (key, states) in answer.groups {
      let name = ServiceCatalogue.name(key.values.first ?? nil)
      if withRequests.contains(name) { continue }
      found[name, default: ServiceSummary(name: name, axis: axis)].rates.add(states, bucket: key.timeBucket, axis: axis)
    }
    return answer.statistics
  }

  private func addMetadata(
    to found: inout [String: ServiceSummary], filter: Predicate
  ) async throws(StoreFailure) -> QueryStatistics {
    let fields = ["service.version", "service.namespace", "telemetry.sdk.language"].map {
      FieldReference(.resource, $0)
    }
    let answer = try await store.aggregate(
      AggregateRequest(
        signal: .spans, timeRange: range, predicate: filter, groupBy: [Field.serviceName] + fields,
        aggregates: [Aggregate(.maximum, of: Field.time)]), progress: nil)
    for (key, states) in answer.groups.sorted(by: { ServiceCatalogue.time($0.value) < ServiceCatalogue.time($1.value) })
    {
      guard key.values.count == 4 else { continue }
      let name = ServiceCatalogue.name(key.values[0])
      var summary = found[name] ?? ServiceSummary(name: name, axis: axis)
      // Ascending in time: the latest version and namespace stay.
      if let version = key.values[1]?.text { summary.version = version }
      if let namespace = key.values[2]?.text { summary.namespace = namespace }
      if let language = key.values[3]?.text, !summary.languages.contains(language) {
        summary.languages.append(language)
      }
      summary.lastSeen = max(summary.lastSeen ?? .min, ServiceCatalogue.time(states))
      found[name] = summary
    }
    return answer.statistics
  }

  private func addLogs(
    to found: inout [String: ServiceSummary], filter: Predicate
  ) async throws(StoreFailure) -> QueryStatistics {
    let answer = try await store.aggregate(
      AggregateRequest(
        signal: .logs, timeRange: range, predicate: filter, groupBy: [Field.serviceName],
        aggregates: [Aggregate(.count), Aggregate(.maximum, of: Field.time)]), progress: nil)
    for (key, states) in answer.groups {
      guard states.count == 2, case .count(let count) = states[0] else { continue }
      let name = ServiceCatalogue.name(key.values.first ?? nil)
      var summary = found[name] ?? ServiceSummary(name: name, axis: axis)
      summary.logCount += count
      summary.lastSeen = max(summary.lastSeen ?? .min, ServiceCatalogue.time([states[1]]))
      found[name] = summary
    }
    return answer.statistics
  }

  /// The name of a group; resources without one go by the name that the conventions give them.
  package static func name(_ value: AttributeValue?) -> String { value?.text ?? "unknown_service" }

  /// The time in a maximum of times.
  package static func time(_ states: [PartialState]) -> Int64 {
    if case .maximum(.int(let time)?)? = states.first { return time }
    return .min
  }
}

extension AttributeValue {
  /// The text of a string that is not empty.
  package var text: String? {
    if case .string(let text) = self, !text.isEmpty { return text }
    return nil
  }

  /// The text of a string, or the digits of an integer.
  package var textOrNumber: String? {
    if case .int(let number) = self { return String(number) }
    return text
  }
}

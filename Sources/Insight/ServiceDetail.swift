package import QueryCore
package import TelemetryModel
package import TelemetryStore

/// What one service does, whom it calls and where it runs.
package struct ServiceDetail: Sendable {
  package struct Operation: Sendable {
    package let name: String
    package let kind: SpanKind
    package var rates: RequestRates
  }

  package struct Dependency: Sendable, Hashable {
    package let name: String
    package let kind: DependencyKind
    package var calls: UInt64
    package var errors: UInt64
    package var durations: HistogramState
  }

  package struct Instance: Sendable, Hashable {
    package let id: String
    package let host: String?
    package let version: String?
    package var requests: UInt64
    package var errors: UInt64
    package var lastSeen: Int64
  }

  /// Most requests first.
  package var operations: [Operation] = []
  /// Most calls first.
  package var dependencies: [Dependency] = []
  /// Latest first.
  package var instances: [Instance] = []
  package var statistics = QueryStatistics()

  /// Most entries of each list.
  package static let entryLimit = 500

  /// Asks the store for a service's operations, dependencies and instances.
  package static func load(
    _ name: String, store: any TelemetryStore, range: TimeRange, axis: TimeAxis
  ) async throws(StoreFailure) -> ServiceDetail {
    let service = Predicate.equals(Field.serviceName, .string(name))
    var detail = ServiceDetail()
    try await detail.loadOperations(store, service, range, axis)
    try await detail.loadInstances(store, service, range)
    let callees = try await CalleeNames.load(store: store, service: service, range: range)
    try await detail.loadDependencies(store, service, range, callees)
    return detail
  }

  private mutating func loadOperations(
    _ store: any TelemetryStore, _ service: Predicate, _ range: TimeRange, _ axis: TimeAxis
  ) async throws(StoreFailure) {
    for kind in [ServiceCatalogue.answered, ServiceCatalogue.root] where operations.isEmpty {
      let answer = try await store.aggregate(
        AggregateRequest(
          signal: .spans, timeRange: range, predicate: .and([service, kind]), groupBy: [Field.name, Field.kind],
          timeBucket: TimeBucket(width: axis.step), aggregates: RequestRates.aggregates), progress: nil)
      statistics.add(answer.statistics)
      var found: [[AttributeValue?]: Operation] = [:]
      for (key, states) in answer.groups {
        guard key.values.count == 2 else { continue }
        var kind = SpanKind.unspecified
        if case .int(let number)? = key.values[1] { kind = SpanKind(rawValue: number) ?? .unspecified }
        var operation =
          found[key.values] ?? Operation(name: key.values[0]?.text ?? "", kind: kind, rates: RequestRates(axis: axis))
        operation.rates.add(states, bucket: key.timeBucket, axis: axis)
        found[key.values] = operation
      }
      let sorted = found.values.sorted { ($1.rates.requests, $0.name) < ($0.rates.requests, $1.name) }
      operations = Array(sorted.prefix(ServiceDetail.entryLimit))
    }
  }

  private mutating func loadInstances(
    _ store: any TelemetryStore, _ service: Predicate, _ range: TimeRange
  ) async throws(StoreFailure) {
    let fields = ["service.instance.id", "host.name", "service.version"].map { FieldReference(.resource, $0) }
    let failed = Predicate.and([ServiceCatalogue.answered, AggregatePlan.errors(of: .spans)])
    let answer = try await store.aggregate(
      AggregateRequest(
        signal: .spans, timeRange: range, predicate: service, groupBy: fields,
        aggregates: [
          Aggregate(.maximum, of: Field.time), Aggregate(.count, where: ServiceCatalogue.answered),
          Aggregate(.count, where: failed),
        ]), progress: nil)
    statistics.add(answer.statistics)
    for (key, states) in answer.groups {
      guard key.values.count == 3, states.count == 3, case .count(let requests) = states[1],
        case .count(let errors) = states[2]
      else { continue }
      let host = key.values[1]?.text
      instances.append(
        Instance(
          id: key.values[0]?.textOrNumber ?? host ?? "unknown", host: host, version: key.values[2]?.text,
          requests: requests,
          errors: errors, lastSeen: ServiceCatalogue.time(states)))
    }
    instances.sort { ($1.lastSeen, $0.id) < ($0.lastSeen, $1.id) }
    instances = Array(instances.prefix(ServiceDetail.entryLimit))
  }

  private mutating func loadDependencies(
    _ store: any TelemetryStore, _ service: Predicate, _ range: TimeRange, _ callees: CalleeNames
  ) async throws(StoreFailure) {
    let answer = try await store.aggregate(
      AggregateRequest(
        signal: .spans, timeRange: range, predicate: .and([service, Dependency.calls]), groupBy: PeerFields.all,
        aggregates: RequestRates.aggregates), progress: nil)
    statistics.add(answer.statistics)
    statistics.add(callees.statistics)
    var found: [String: Dependency] = [:]
    for (key, states) in answer.groups {
      guard states.count == 3, case .count(let calls) = states[0], case .count(let errors) = states[1],
        case .histogram(let durations) = states[2]
      else { continue }
      let peer = PeerFields(key.values)
      let name = callees.names[peer] ?? peer.name
      let kind = peer.kind
      var dependency =
        found[kind.rawValue + " " + name]
        ?? Dependency(name: name, kind: kind, calls: 0, errors: 0, durations: HistogramState())
      dependency.calls += calls
      dependency.errors += errors
      dependency.durations = dependency.durations.merged(with: durations)
      found[kind.rawValue + " " + name] = dependency
    }
    let sorted = found.values.sorted { ($1.calls, $0.name) < ($0.calls, $1.name) }
    dependencies = Array(sorted.prefix(ServiceDetail.entryLimit))
  }
}

extension ServiceDetail.Dependency {
  /// Spans that stand for a call to something else.
  package static let calls: Predicate = .memberOf(
    Field.kind, [.int(SpanKind.client.rawValue), .int(SpanKind.producer.rawValue)])
}

/// How a service talks to what it depends on.
package enum DependencyKind: String, Sendable, Hashable {
  case http, rpc, db, messaging, other
}

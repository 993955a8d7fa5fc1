internal import TelemetryModel
internal import TelemetryStore

/// A metrics function that the store answers whole: one aggregate over a plain filter.
struct PushedMetrics {
  let request: AggregateRequest
  /// Spans with an array in one of the fields; while there are any, the store's answer would be wrong.
  let arrays: Predicate
  private let aggregate: MetricsAggregate

  /// Nil when something is left to evaluate above the store.
  init?(_ plan: SearchPlan, _ aggregate: MetricsAggregate, _ request: MetricsRequest) {
    guard !plan.needsTraces, let filter = plan.flatFilter else { return nil }
    let pushed = PushedFilter(filter)
    guard pushed.isExact else { return nil }
    var arrayFields = pushed.arrayFields
    var groupBy: [FieldReference] = []
    for attribute in aggregate.by {
      guard let field = attribute.field, !attribute.isOfChildren else { return nil }
      groupBy.append(field)
    }
    let measured: FieldReference?
    if let attribute = aggregate.function.attribute {
      guard let field = attribute.field, !attribute.isOfChildren else { return nil }
      measured = field
      if attribute != .intrinsic(.duration) { arrayFields.insert(field) }
    } else {
      measured = nil
    }
    let isNumber = measured.map { Predicate.or([.hasType($0, .int), .hasType($0, .double)]) }
    let function: Aggregate
    switch aggregate.function {
    case .rate, .countOverTime: function = Aggregate(.count)
    case .minimumOverTime: function = Aggregate(.minimum, of: measured, where: isNumber)
    case .maximumOverTime: function = Aggregate(.maximum, of: measured, where: isNumber)
    case .sumOverTime, .averageOverTime: function = Aggregate(.sum, of: measured)
    case .quantileOverTime, .histogramOverTime: function = Aggregate(.histogram, of: measured)
    case .compare: return nil
    }
    self.aggregate = aggregate
    self.request = AggregateRequest(
      signal: .spans, timeRange: request.range, predicate: pushed.lower, groupBy: groupBy, timeBucket: request.bucket,
      aggregates: [function])
    arrays = .disjunction(arrayFields.sorted { $0.text < $1.text }.map { .hasType($0, .array) })
  }

  /// The labels of a group.
  func key(_ group: GroupKey) -> [Static] { zip(aggregate.by, group.values).map { $0.value($1) } }
}

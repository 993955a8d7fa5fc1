import TelemetryModel
import TelemetryStore

/// One aggregate request made ready: what all workers share.
struct AggregationPlan: Sendable {
  /// Most fields that rows are grouped by.
  static let groupFieldLimit = 16

  let request: AggregateRequest
  let evaluator: PredicateEvaluator
  /// Of the aggregates, in their order; nil for those without a filter.
  let filters: [PredicateEvaluator?]

  /// - Throws: `.invalid` when the request cannot be answered.
  init(_ request: AggregateRequest) throws(StoreFailure) {
    guard request.groupBy.count <= AggregationPlan.groupFieldLimit else {
      throw .invalid("\(request.groupBy.count) group fields are more than \(AggregationPlan.groupFieldLimit)")
    }
    if request.leadingGroups != nil {
      guard request.aggregates.first?.function == .count, request.timeBucket == nil, request.valueBucket == nil else {
        throw .invalid("leading groups are those with the greatest count, without buckets")
      }
      guard request.leadingGroups?.heldGroupLimit == nil || request.groupBy.count == 1 else {
        throw .invalid("groups are forgotten only where one field groups them")
      }
    }
    self.request = request
    evaluator = try PredicateEvaluator(request.predicate, timeRange: request.timeRange)
    var filters: [PredicateEvaluator?] = []
    for aggregate in request.aggregates {
      if let filter = aggregate.filter {
        filters.append(try PredicateEvaluator(filter, timeRange: .all))
      } else {
        filters.append(nil)
      }
    }
    self.filters = filters
  }
}

import TelemetryModel
package import TelemetryStore

extension QueryExecutor {
  /// Values of one field that a worker counts at once: about 20 MB of short texts.
  private static let heldValueLimit = 131_072

  /// The most frequent values of a field over the rows that match: an aggregation by the field, cut to the leading groups.
  ///
  /// Counts and `distinctCount` are exact up to 131,072 distinct values a worker; beyond them the rarest are forgotten,
  /// counts may be too small, and `distinctCount` is an estimate (standard error 0.8 %).
  ///
  /// - Throws: `.memoryExhausted` when long values, or other queries, leave too little of the budget.
  package func fieldValues(
    _ request: FieldValuesRequest, over blocks: [any BlockSource]
  ) async throws(StoreFailure) -> FieldValuesAnswer {
    let leading = LeadingGroups(count: max(0, request.valueLimit), heldGroupLimit: QueryExecutor.heldValueLimit)
    let counts = try await aggregate(
      AggregateRequest(
        signal: request.signal, timeRange: request.timeRange,
        predicate: .and([request.predicate, .exists(request.field)]), groupBy: [request.field],
        aggregates: [Aggregate(.count)], leadingGroups: leading),
      over: blocks)
    let values: [ValueCount] = counts.groups.compactMap { key, states in
      guard let value = key.values.first ?? nil, case .count(let rowCount)? = states.first else { return nil }
      return ValueCount(value: value, rowCount: rowCount)
    }
    let ordered = values.sorted { left, right in
      left.rowCount != right.rowCount
        ? left.rowCount > right.rowCount : AttributeValue.isLess(left.value, right.value)
    }
    return FieldValuesAnswer(
      values: Array(ordered.prefix(max(0, request.valueLimit))), distinctCount: values.count + counts.omittedGroupCount,
      statistics: counts.statistics)
  }
}

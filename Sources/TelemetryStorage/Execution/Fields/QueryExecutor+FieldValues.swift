import TelemetryModel
package import TelemetryStore

extension QueryExecutor {
  /// The most frequent values of a field over the rows that match: an aggregation by the field.
  ///
  /// - Throws: `.memoryExhausted` when the field has more distinct values than the budget holds.
  package func fieldValues(
    _ request: FieldValuesRequest, over blocks: [any BlockSource]
  ) async throws(StoreFailure) -> FieldValuesAnswer {
    let counts = try await aggregate(
      AggregateRequest(
        signal: request.signal, timeRange: request.timeRange, predicate: request.predicate, groupBy: [request.field],
        aggregates: [Aggregate(.count)]),
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
      values: Array(ordered.prefix(max(0, request.valueLimit))), distinctCount: values.count,
      statistics: counts.statistics)
  }
}

/// Arithmetic between series, and the stages after metrics functions.
enum SeriesArithmetic {
  /// Series with the same labels (without their name) are put together; those without a counterpart are left out.
  static func joined(
    _ binary: FieldOperator, _ left: [MetricsSeries], _ right: [MetricsSeries]
  ) -> [MetricsSeries] {
    let counterparts = Dictionary(right.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
    return left.compactMap { series in
      guard let other = counterparts[key(series)] else { return nil }
      let values = zip(series.values, other.values).map { number(binary, $0, $1) }
      return MetricsSeries(labels: series.labels.filter { $0.name != "__name__" }, values: values)
    }
  }

  /// A number on one side of every sample.
  static func scaled(
    _ binary: FieldOperator, _ series: [MetricsSeries], by operand: Double, isLeft: Bool
  ) -> [MetricsSeries] {
    series.map { one in
      MetricsSeries(
        labels: one.labels,
        values: one.values.map { isLeft ? number(binary, operand, $0) : number(binary, $0, operand) })
    }
  }

  private static func number(_ binary: FieldOperator, _ left: Double, _ right: Double) -> Double {
    Arithmetic.number(binary, left, right) ?? .nan
  }

  private static func key(_ series: MetricsSeries) -> Set<MetricsSeries.Label> {
    Set(series.labels.filter { $0.name != "__name__" })
  }

  static func apply(_ stage: SecondStage, to series: [MetricsSeries]) -> [MetricsSeries] {
    switch stage {
    case .top(let limit, _): kept(series, limit) { $0 > $1 }
    case .bottom(let limit, _): kept(series, limit) { $0 < $1 }
    case .filter(let comparison, let limit, _): filtered(series, comparison, limit)
    }
  }

  /// Time by time the samples of the first `limit` series; equal ones by their labels.
  private static func kept(
    _ series: [MetricsSeries], _ limit: Int, isBefore: (Double, Double) -> Bool
  ) -> [MetricsSeries] {
    let ordered = series.map { (key: $0.sortKey, series: $0) }.sorted { $0.key < $1.key }.map(\.series)
    var result = ordered.map { one in
      MetricsSeries(labels: one.labels, values: [Double](repeating: .nan, count: one.values.count))
    }
    for interval in 0..<(ordered.first?.values.count ?? 0) {
      let present = ordered.indices.filter { !ordered[$0].values[interval].isNaN }
      let ranked = present.sorted { left, right in
        let (first, second) = (ordered[left].values[interval], ordered[right].values[interval])
        return first == second ? left < right : isBefore(first, second)
      }
      for index in ranked.prefix(limit) { result[index].values[interval] = ordered[index].values[interval] }
    }
    return result.filter { one in one.values.contains { !$0.isNaN } }
  }

  private static func filtered(
    _ series: [MetricsSeries], _ comparison: FieldOperator, _ limit: Static
  ) -> [MetricsSeries] {
    // Series of durations are in seconds.
    var bound = limit
    if case .duration(let nanoseconds) = limit { bound = .double(Double(nanoseconds) / 1e9) }
    return series.compactMap { one in
      let values = one.values.map { value in
        !value.isNaN && Comparing.holds(comparison, .double(value), bound) ? value : .nan
      }
      return values.contains { !$0.isNaN } ? MetricsSeries(labels: one.labels, values: values) : nil
    }
  }
}

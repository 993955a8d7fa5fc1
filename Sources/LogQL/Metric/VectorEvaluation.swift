/// Aggregations over the series of each step.
enum VectorEvaluation {
  static func series(_ aggregation: VectorAggregation, _ operand: [MetricSeries], stepCount: Int) -> [MetricSeries] {
    switch aggregation.function {
    case .topk, .approximateTopk:
      return largest(aggregation, operand, stepCount: stepCount) { isLarger($0, $1) }
    case .bottomk: return largest(aggregation, operand, stepCount: stepCount) { isSmaller($0, $1) }
    case .sort: return sorted(operand) { isSmaller($0, $1) }
    case .sortDescending: return sorted(operand) { isLarger($0, $1) }
    default: return reduced(aggregation, operand, stepCount: stepCount)
    }
  }

  /// Whether `left` stands before `right` with the smallest first; what is no number stands last.
  private static func isSmaller(_ left: Double, _ right: Double) -> Bool {
    left.isNaN ? false : right.isNaN || left < right
  }

  private static func isLarger(_ left: Double, _ right: Double) -> Bool {
    left.isNaN ? false : right.isNaN || left > right
  }

  /// By the value of the first step: sorting is for instant queries.
  private static func sorted(_ operand: [MetricSeries], _ isBefore: (Double, Double) -> Bool) -> [MetricSeries] {
    operand.enumerated().sorted { left, right in
      let (one, other) = (left.element.values.first ?? nil, right.element.values.first ?? nil)
      guard let one else { return false }
      guard let other else { return true }
      if isBefore(one, other) { return true }
      return isBefore(other, one) ? false : left.offset < right.offset
    }.map(\.element)
  }

  private static func largest(
    _ aggregation: VectorAggregation, _ operand: [MetricSeries], stepCount: Int, _ isBefore: (Double, Double) -> Bool
  ) -> [MetricSeries] {
    var kept = operand.map { [Double?](repeating: nil, count: $0.values.count) }
    let groups = members(aggregation.grouping, operand)
    let count = aggregation.count ?? 0
    for step in 0..<stepCount {
      for members in groups.map(\.members) {
        let present = members.compactMap { index in operand[index].values[step].map { (index, $0) } }
        let ordered = present.enumerated().sorted { left, right in
          if isBefore(left.element.1, right.element.1) { return true }
          return isBefore(right.element.1, left.element.1) ? false : left.offset < right.offset
        }
        for (index, value) in ordered.prefix(count).map(\.element) { kept[index][step] = value }
      }
    }
    let result = zip(operand, kept).compactMap { series, values in
      values.contains { $0 != nil } ? MetricSeries(labels: series.labels, values: values) : nil
    }
    return stepCount == 1 ? sorted(result, isBefore) : result
  }

  /// The series of each group, in the order in which groups first appear.
  private static func members(_ grouping: Grouping?, _ operand: [MetricSeries]) -> [(labels: LabelSet, members: [Int])]
  {
    var groups: [(labels: LabelSet, members: [Int])] = []
    var indexes: [LabelSet: Int] = [:]
    for (index, series) in operand.enumerated() {
      let labels = series.labels.grouped(by: grouping)
      if let known = indexes[labels] {
        groups[known].members.append(index)
      } else {
        indexes[labels] = groups.count
        groups.append((labels, [index]))
      }
    }
    return groups
  }

  private static func reduced(
    _ aggregation: VectorAggregation, _ operand: [MetricSeries], stepCount: Int
  ) -> [MetricSeries] {
    let groups = members(aggregation.grouping, operand)
    return groups.map { labels, members in
      let values = (0..<stepCount).map { step in
        value(aggregation.function, members.compactMap { operand[$0].values[step] })
      }
      return MetricSeries(labels: labels, values: values)
    }.sorted { LabelSet.isBefore($0.labels, $1.labels) }
  }

  private static func value(_ function: VectorAggregation.Function, _ values: [Double]) -> Double? {
    guard let first = values.first else { return nil }
    switch function {
    case .sum: return values.reduce(0, +)
    case .avg: return values.reduce(0, +) / Double(values.count)
    case .min: return values.dropFirst().reduce(first) { $1 < $0 || $0.isNaN ? $1 : $0 }
    case .max: return values.dropFirst().reduce(first) { $1 > $0 || $0.isNaN ? $1 : $0 }
    case .count: return Double(values.count)
    case .stddev, .stdvar:
      var moments = Moments()
      for value in values { moments.add(value) }
      return function == .stdvar ? moments.variance : moments.variance.squareRoot()
    case .topk, .bottomk, .approximateTopk, .sort, .sortDescending: return nil
    }
  }
}

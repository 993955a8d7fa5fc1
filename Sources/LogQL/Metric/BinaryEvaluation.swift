/// Operators between numbers and series.
enum BinaryEvaluation {
  static func value(
    _ operation: BinaryOperation, _ left: MetricValue, _ right: MetricValue, stepCount: Int
  ) throws(LogQLError) -> MetricValue {
    let found = operation.binaryOperator
    switch (left, right) {
    case (.scalar(let one), .scalar(let other)): return .scalar(found.apply(one, other, returnsBool: true) ?? 0)
    case (.series(let series), .scalar(let scalar)):
      return .series(
        mapped(series) { found.apply($0, scalar, returnsBool: operation.returnsBool) })
    case (.scalar(let scalar), .series(let series)):
      return .series(
        mapped(series) { value in
          // A comparison keeps the series' value, on whichever side the number stands.
          guard found.isComparison, !operation.returnsBool else {
            return found.apply(scalar, value, returnsBool: operation.returnsBool)
          }
          return found.apply(scalar, value, returnsBool: false) == nil ? nil : value
        })
    case (.series(let left), .series(let right)):
      return .series(
        found.isSetOperation
          ? combined(operation, left, right, stepCount: stepCount)
          : try matched(operation, left, right, stepCount: stepCount))
    }
  }

  private static func mapped(_ series: [MetricSeries], _ body: (Double) -> Double?) -> [MetricSeries] {
    series.compactMap { one in
      let values = one.values.map { $0.flatMap(body) }
      return values.contains { $0 != nil } ? MetricSeries(labels: one.labels, values: values) : nil
    }
  }

  /// The labels that two sides are compared by.
  private static func signature(_ labels: LabelSet, _ matching: BinaryOperation.Matching?) -> LabelSet {
    guard let matching else { return labels }
    return matching.isOn ? labels.keeping(Set(matching.labels)) : labels.removing(Set(matching.labels))
  }

  private static func groups(
    _ series: [MetricSeries], _ matching: BinaryOperation.Matching?
  ) -> [LabelSet: [MetricSeries]] {
    Dictionary(grouping: series) { signature($0.labels, matching) }
  }

  // MARK: Sets

  private static func combined(
    _ operation: BinaryOperation, _ left: [MetricSeries], _ right: [MetricSeries], stepCount: Int
  ) -> [MetricSeries] {
    let matching = operation.matching
    func filtered(
      _ series: [MetricSeries], by other: [MetricSeries], _ isKept: (Bool) -> Bool
    ) -> [MetricSeries] {
      let others = groups(other, matching)
      return series.compactMap { one in
        let candidates = others[signature(one.labels, matching)] ?? []
        let values = (0..<stepCount).map { step in
          isKept(candidates.contains { $0.values[step] != nil }) ? one.values[step] : nil
        }
        return values.contains { $0 != nil } ? MetricSeries(labels: one.labels, values: values) : nil
      }
    }
    switch operation.binaryOperator {
    case .and: return filtered(left, by: right) { $0 }
    case .unless: return filtered(left, by: right) { !$0 }
    default: return merged(left + filtered(right, by: left) { !$0 })
    }
  }

  /// Series of equal labels become one; of two values of a step the first counts.
  private static func merged(_ series: [MetricSeries]) -> [MetricSeries] {
    var result: [MetricSeries] = []
    var indexes: [LabelSet: Int] = [:]
    for one in series {
      if let known = indexes[one.labels] {
        result[known].values = zip(result[known].values, one.values).map { $0 ?? $1 }
      } else {
        indexes[one.labels] = result.count
        result.append(one)
      }
    }
    return result
  }

  // MARK: One to one, many to one

  private static func matched(
    _ operation: BinaryOperation, _ left: [MetricSeries], _ right: [MetricSeries], stepCount: Int
  ) throws(LogQLError) -> [MetricSeries] {
    let matching = operation.matching
    let cardinality = matching?.cardinality ?? .oneToOne
    // The side that may have many series of one signature is walked through; the other one is looked up.
    let isSwapped = cardinality == .oneToMany
    let (many, one) = isSwapped ? (right, left) : (left, right)
    let lookup = groups(one, matching)
    var result: [MetricSeries] = []
    var taken: [LabelSet: [Bool]] = [:]
    for series in many {
      let key = signature(series.labels, matching)
      guard let candidates = lookup[key] else { continue }
      for candidate in candidates {
        var values = [Double?](repeating: nil, count: stepCount)
        for step in 0..<stepCount {
          guard let own = series.values[step], let other = candidate.values[step] else { continue }
          if candidates.count > 1, candidates.count(where: { $0.values[step] != nil }) > 1 {
            throw .evaluation(
              "found duplicate series for the match group \(key.text) on the \(isSwapped ? "left" : "right") hand-side "
                + "of the operation;many-to-many matching not allowed: matching labels must be unique on one side")
          }
          if cardinality == .oneToOne {
            if taken[key, default: Array(repeating: false, count: stepCount)][step] {
              throw .evaluation(
                "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)")
            }
            taken[key, default: Array(repeating: false, count: stepCount)][step] = true
          }
          let (first, second) = isSwapped ? (other, own) : (own, other)
          values[step] = operation.binaryOperator.apply(first, second, returnsBool: operation.returnsBool)
        }
        if values.contains(where: { $0 != nil }) {
          result.append(MetricSeries(labels: labels(operation, series.labels, candidate.labels), values: values))
        }
      }
    }
    return merged(result)
  }

  private static func labels(_ operation: BinaryOperation, _ many: LabelSet, _ one: LabelSet) -> LabelSet {
    guard let matching = operation.matching else { return many }
    guard matching.cardinality != .oneToOne else {
      return matching.isOn ? many.keeping(Set(matching.labels)) : many.removing(Set(matching.labels))
    }
    var labels = many
    for name in matching.included { labels = labels.setting(name, to: one[name] ?? "") }
    return labels
  }
}

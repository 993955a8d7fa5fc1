package import TelemetryModel
package import TelemetryStore

/// The groups of an aggregate question as they are shown: largest first, the rest as a count.
package struct GroupTable: Sendable {
  /// One group: its key and, for each column, one number per time (a single one without a time axis).
  package struct Group: Sendable {
    package let key: [AttributeValue?]
    package let values: [[AttributeValue?]]
  }

  package let groups: [Group]
  /// How many groups were left out.
  package let otherGroups: Int

  /// Orders, cuts and finalises the store's groups.
  ///
  /// The order is by the first column over the whole window, largest first; equal ones by their key, so that an answer
  /// is the same each time. Cost: the states of each group are merged over time once.
  ///
  /// - Parameters:
  ///   - axis: the time axis that the request's buckets follow (origin 0), or nil.
  ///   - limit: groups at most.
  ///   - groupBy: the fields behind the keys, as in `GroupBy.fields`.
  package init(
    _ partial: PartialAggregates, plan: AggregatePlan, groupBy: GroupBy, axis: TimeAxis?, range: TimeRange, limit: Int
  ) {
    var byKey: [[AttributeValue?]: [Int: [PartialState]]] = [:]
    for (key, states) in partial.groups {
      let bucket: Int
      if let axis {
        let index = key.timeBucket.subtractingReportingOverflow(axis.firstBucket)
        guard !index.overflow, index.partialValue >= 0, index.partialValue < Int64(axis.count) else { continue }
        bucket = Int(index.partialValue)
      } else {
        bucket = 0
      }
      let shown = groupBy.shown(key.values)
      let merged = byKey[shown]?[bucket].map { zip($0, states).map { $0.merged(with: $1) } } ?? states
      byKey[shown, default: [:]][bucket] = merged
    }
    let seconds = Double(range.end &- range.start) / 1e9
    var ranked: [(rank: Double, text: String, key: [AttributeValue?])] = []
    for (key, buckets) in byKey {
      var total: [PartialState]?
      for states in buckets.values { total = total.map { zip($0, states).map { $0.merged(with: $1) } } ?? states }
      let rank = plan.columns.first.flatMap { column in
        GroupTable.rank(
          AggregatePlan.value(column.output, total.flatMap { GroupTable.state($0, column.state) }, seconds: seconds))
      }
      ranked.append((rank ?? -.infinity, GroupTable.text(key), key))
    }
    ranked.sort { $0.rank != $1.rank ? $0.rank > $1.rank : $0.text < $1.text }
    otherGroups = max(0, ranked.count - limit) + partial.omittedGroupCount
    groups = ranked.prefix(limit).map { entry in
      let buckets = byKey[entry.key] ?? [:]
      let values = plan.columns.map { column in
        (0..<(axis?.count ?? 1)).map { index in
          AggregatePlan.value(
            column.output, buckets[index].flatMap { GroupTable.state($0, column.state) },
            seconds: axis?.seconds(index) ?? seconds)
        }
      }
      return Group(key: entry.key, values: values)
    }
  }

  private static func state(_ states: [PartialState], _ index: Int) -> PartialState? {
    index < states.count ? states[index] : nil
  }

  private static func rank(_ value: AttributeValue?) -> Double? {
    switch value {
    case .int(let number): Double(number)
    case .double(let number): number.isNaN ? nil : number
    default: nil
    }
  }

  private static func text(_ key: [AttributeValue?]) -> String {
    key.map { value in
      switch value {
      case .string(let text): text
      case .int(let number): String(number)
      case .bool(let flag): flag ? "true" : "false"
      case .double(let number): number.description
      default: ""
      }
    }.joined(separator: "\u{0}")
  }
}

package import TelemetryModel
package import TelemetryStore

/// The lines of a metric question: one a series or group, largest first.
package struct MetricTable: Sendable {
  package struct Line: Sendable {
    /// Names and values that tell the line from the others.
    package let key: [(name: String, value: AttributeValue)]
    /// One per step; nil: no point.
    package let values: [Double?]
    /// Indices into the answer's series.
    package let members: [Int]
  }

  package let lines: [Line]
  /// How many lines there are, also beyond the limit.
  package let matchedCount: Int

  /// - Parameters:
  ///   - answer: with points that begin a little before the axis, so that counters know what they had counted.
  ///   - groupBy: nil keeps every series by itself, named by the attributes in which the series differ.
  ///   - isStopped: asked between series, so that a question nobody waits for ends.
  package init(
    _ answer: SeriesAnswer, function: MetricFunction, groupBy: GroupBy?, axis: TimeAxis, limit: Int,
    isStopped: () -> Bool = { false }
  ) {
    let series = answer.series
    var ranking = Ranking(limit: limit)
    if let points = answer.points, let first = series.first?.series {
      var sampler = Downsampler(points, function: function, axis: axis)
      let isAdditive = first.kind == .sum
      if let groupBy {
        let groups = MetricTable.groups(series, by: groupBy)
        for group in groups where !isStopped() {
          var states = StepStates(stepCount: axis.count)
          for member in group.members { sampler.add(series[member].series, rows: series[member].rows, to: &states) }
          let key = MetricTable.named(groupBy.names, groupBy.shown(group.key))
          ranking.add(Line(key: key, values: states.values(function, isAdditive: isAdditive), members: group.members))
        }
      } else {
        let names = SeriesFields.differing(series.map(\.series))
        for (index, entry) in series.enumerated() where !isStopped() {
          var states = StepStates(stepCount: axis.count)
          sampler.add(entry.series, rows: entry.rows, to: &states)
          let key = names.compactMap { field in
            SeriesFields.value(field, of: entry.series).map { (name: field.text, value: $0) }
          }
          ranking.add(Line(key: key, values: states.values(function, isAdditive: isAdditive), members: [index]))
        }
      }
    }
    matchedCount = ranking.matchedCount
    lines = ranking.lines
  }

  private static func groups(
    _ series: [SeriesPoints], by groupBy: GroupBy
  ) -> [(key: [AttributeValue?], members: [Int])] {
    var numbers: [[AttributeValue?]: Int] = [:]
    var groups: [(key: [AttributeValue?], members: [Int])] = []
    for (index, entry) in series.enumerated() {
      let key = groupBy.fields.map { SeriesFields.value($0, of: entry.series) }
      if let number = numbers[key] {
        groups[number].members.append(index)
      } else {
        numbers[key] = groups.count
        groups.append((key, [index]))
      }
    }
    return groups
  }

  private static func named(_ names: [String], _ values: [AttributeValue?]) -> [(name: String, value: AttributeValue)] {
    zip(names, values).compactMap { name, value in value.map { (name, $0) } }
  }

  /// The lines with the greatest values so far; only a few more than the limit are kept.
  private struct Ranking {
    private let limit: Int
    private var kept: [(rank: Double, number: Int, line: Line)] = []
    private(set) var matchedCount = 0

    init(limit: Int) { self.limit = max(0, limit) }

    /// Adds a line; one without a value is no line.
    mutating func add(_ line: Line) {
      guard line.values.contains(where: { $0 != nil }) else { return }
      let rank = line.values.reduce(-Double.infinity) { best, value in
        guard let value, !value.isNaN else { return best }
        return max(best, value)
      }
      kept.append((rank, matchedCount, line))
      matchedCount += 1
      if kept.count >= limit * 2 + 64 { cut() }
    }

    private mutating func cut() {
      kept.sort { $0.rank != $1.rank ? $0.rank > $1.rank : $0.number < $1.number }
      kept.removeLast(max(0, kept.count - limit))
    }

    var lines: [Line] {
      var ranking = self
      ranking.cut()
      return ranking.kept.map(\.line)
    }
  }
}

/// Fields of a series, by reference.
package enum SeriesFields {
  /// The value of a field; a bare key means the series' own attribute, else the resource's, else the scope's.
  package static func value(_ field: FieldReference, of series: Series) -> AttributeValue? {
    switch field.scope {
    case .record: series.attributes[field.key]
    case .resource: series.resource.attributes[field.key]
    case .scope: series.scope.attributes[field.key]
    case .any:
      series.attributes[field.key] ?? series.resource.attributes[field.key] ?? series.scope.attributes[field.key]
    case .intrinsic:
      switch field {
      case Field.metricName: .string(series.name)
      case Field.unit: .string(series.unit)
      case Field.scopeName: series.scope.name.isEmpty ? nil : .string(series.scope.name)
      case Field.scopeVersion: series.scope.version.isEmpty ? nil : .string(series.scope.version)
      default: nil
      }
    case .event, .link: nil
    }
  }

  /// The fewest fields in which the series differ: their own attributes, and the resource's that are not the same for
  /// all; of the resource's the service name comes first and instance ids only where nothing else differs.
  package static func differing(_ series: [Series]) -> [FieldReference] {
    guard let first = series.first else { return [] }
    var own: Set<String> = []
    var resource: Set<String> = []
    for entry in series {
      own.formUnion(entry.attributes.attributes.map(\.key))
      if entry.resource != first.resource { resource.formUnion(entry.resource.attributes.attributes.map(\.key)) }
    }
    if !resource.isEmpty { resource.formUnion(first.resource.attributes.attributes.map(\.key)) }
    let distinct = resource.filter { key in
      series.contains { $0.resource.attributes[key] != first.resource.attributes[key] }
    }
    let readable = distinct.filter { !$0.hasSuffix(".id") && $0 != "process.pid" }
    let shown = readable.isEmpty ? distinct : readable
    let ordered = shown.sorted { ($0 != "service.name" ? 1 : 0, $0) < ($1 != "service.name" ? 1 : 0, $1) }
    return ordered.map { FieldReference(.any, $0) }.filter { !own.contains($0.key) }
      + own.sorted().map { FieldReference(.any, $0) }
  }
}

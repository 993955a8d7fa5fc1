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
  ///   - series: with points that begin a little before the axis, so that counters know what they had counted.
  ///   - groupBy: nil keeps every series by itself, named by the attributes in which the series differ.
  ///   - isStopped: asked between series, so that a question nobody waits for ends.
  package init(
    _ series: [SeriesPoints], function: MetricFunction, groupBy: GroupBy?, axis: TimeAxis, limit: Int,
    isStopped: () -> Bool = { false }
  ) {
    var keys: [[AttributeValue?]: Int] = [:]
    var groups: [(key: [AttributeValue?], members: [Int], steps: [StepState?])] = []
    for (index, entry) in series.enumerated() {
      if isStopped() { break }
      let points = entry.points.map { MetricPointReader($0).points() } ?? []
      let steps = Downsampler.steps(points, of: entry.series, axis: axis)
      let key = groupBy.map { $0.fields.map { SeriesFields.value($0, of: entry.series) } } ?? [.int(Int64(index))]
      if let known = keys[key] {
        groups[known].members.append(index)
        for step in steps.indices {
          groups[known].steps[step] = MetricTable.merged(groups[known].steps[step], steps[step])
        }
      } else {
        keys[key] = groups.count
        groups.append((key, [index], steps))
      }
    }
    let isAdditive = series.first?.series.kind == .sum
    let names = groupBy == nil ? SeriesFields.differing(series.map(\.series)) : []
    var lines = groups.map { group in
      let key =
        groupBy.map { MetricTable.named($0.names, $0.shown(group.key)) }
        ?? names.compactMap { field in
          SeriesFields.value(field, of: series[group.members[0]].series).map { (field.text, $0) }
        }
      return Line(
        key: key, values: group.steps.map { $0?.value(function, isAdditive: isAdditive) }, members: group.members)
    }
    lines.removeAll { line in !line.values.contains { $0 != nil } }
    matchedCount = lines.count
    let ranked = lines.enumerated().sorted { left, right in
      let (leftRank, rightRank) = (MetricTable.rank(left.element), MetricTable.rank(right.element))
      return leftRank != rightRank ? leftRank > rightRank : left.offset < right.offset
    }
    self.lines = ranked.prefix(limit).map(\.element)
  }

  private static func merged(_ left: StepState?, _ right: StepState?) -> StepState? {
    guard var left else { return right }
    if let right { left.merge(right) }
    return left
  }

  private static func named(_ names: [String], _ values: [AttributeValue?]) -> [(name: String, value: AttributeValue)] {
    zip(names, values).compactMap { name, value in value.map { (name, $0) } }
  }

  /// The greatest value of the line.
  private static func rank(_ line: Line) -> Double {
    line.values.reduce(-Double.infinity) { best, value in
      guard let value, !value.isNaN else { return best }
      return max(best, value)
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

/// A pipeline over the traces of a table.
struct PipelineEvaluation {
  private let pipeline: CompiledPipeline
  private let table: TraceTable
  /// By expression and row.
  private let values: [[Static]]

  init(_ pipeline: CompiledPipeline, _ table: TraceTable) {
    self.pipeline = pipeline
    self.table = table
    values = pipeline.expressions.map { $0.values(table) }
  }

  /// The spansets of one trace; none when it does not match.
  ///
  /// - Throws: `.evaluation` when an operator between spansets meets several of a trace.
  func spansets(of trace: Int) throws(TraceQLError) -> [Spanset] {
    let all = Spanset(spans: Array(table.traces[trace].rows.indices))
    return try evaluate(pipeline.stages, [all], trace)
  }

  private func evaluate(
    _ stages: [CompiledPipeline.CompiledStage], _ input: [Spanset], _ trace: Int
  ) throws(TraceQLError) -> [Spanset] {
    var spansets = input
    for stage in stages {
      if spansets.isEmpty { return [] }
      switch stage {
      case .spansets(let expression): spansets = try evaluate(expression, spansets, trace)
      case .group(let number, let name):
        spansets = spansets.flatMap { groups($0, trace, values[number], name: name) }
      case .coalesce:
        spansets = [Spanset(spans: PipelineEvaluation.union(spansets.map(\.spans)))]
      case .scalarFilter(let function, let argument, let name, let comparison, let limit):
        spansets = spansets.compactMap { spanset in
          guard let value = aggregate(function, argument, spanset, trace), Comparing.holds(comparison, value, limit)
          else {
            return nil
          }
          var kept = spanset
          kept.attributes.append((name, value))
          return kept
        }
      }
    }
    return spansets
  }

  private func evaluate(
    _ expression: CompiledPipeline.Spansets, _ input: [Spanset], _ trace: Int
  ) throws(TraceQLError) -> [Spanset] {
    switch expression {
    case .filter(let number):
      let rows = table.traces[trace].rows
      return input.compactMap { spanset in
        var kept = spanset
        kept.spans = spanset.spans.filter { values[number][rows[$0]] == .bool(true) }
        return kept.spans.isEmpty ? nil : kept
      }
    case .pipeline(let stages): return try evaluate(stages, input, trace)
    case .operation(let spansets, let left, let right):
      var output: [Spanset] = []
      for spanset in input {
        let leftSets = try evaluate(left, [spanset], trace)
        let rightSets = try evaluate(right, [spanset], trace)
        let spans = try joined(spansets, leftSets, rightSets, trace)
        if spans.isEmpty { continue }
        output.append(Spanset(spans: spans, attributes: spanset.attributes))
      }
      return output
    }
  }

  private func joined(
    _ spansets: SpansetOperator, _ left: [Spanset], _ right: [Spanset], _ trace: Int
  ) throws(TraceQLError) -> [Int] {
    guard let relation = spansets.relation else {
      if spansets == .and, left.isEmpty || right.isEmpty { return [] }
      return PipelineEvaluation.union(left.map(\.spans) + right.map(\.spans))
    }
    if right.isEmpty { return [] }
    if left.count > 1 || right.count > 1 {
      throw .evaluation(
        "'\(spansets.text)' does not stand between several spansets of a trace: unite them with coalesce() before")
    }
    return table.structure(of: trace).spans(
      relation, spansets.form, left: left.first?.spans ?? [], right: right.first?.spans ?? [])
  }

  /// One spanset for each value, in the order of first sight.
  private func groups(_ spanset: Spanset, _ trace: Int, _ values: [Static], name: String) -> [Spanset] {
    let rows = table.traces[trace].rows
    var places: [Static: Int] = [:]
    var groups: [Spanset] = []
    for span in spanset.spans {
      let value = values[rows[span]]
      if let place = places[value] {
        groups[place].spans.append(span)
      } else {
        places[value] = groups.count
        groups.append(Spanset(spans: [span], attributes: spanset.attributes + [(name, value)]))
      }
    }
    return groups
  }

  /// Nil when no span has a number.
  private func aggregate(
    _ function: Aggregation.Function, _ argument: Int?, _ spanset: Spanset, _ trace: Int
  ) -> Static? {
    guard function != .count, let argument else { return .int(Int64(spanset.spans.count)) }
    let rows = table.traces[trace].rows
    var state = ScalarAggregate(function)
    for span in spanset.spans { for value in values[argument][rows[span]].elements { state.add(value) } }
    return state.value
  }

  private static func union(_ sets: [[Int]]) -> [Int] {
    if sets.count == 1 { return sets[0] }
    return Set(sets.joined()).sorted()
  }
}

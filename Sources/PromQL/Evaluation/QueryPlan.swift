package import TelemetryStore

/// How a query was answered: its parts from the whole to the selectors, and what each cost.
package struct QueryPlan: Sendable {
  /// One part.
  package struct Node: Sendable {
    /// How deep the part stands under the whole.
    package let depth: Int
    /// What the part does: `aggregation sum by (job)`, `function rate`, `selector x[5m]` …
    package let operation: String
    /// Series of its result; nil for scalars and strings.
    package let seriesCount: Int?
    /// Processor time of the part with those under it; nil for a selector, whose samples are read before.
    package let nanoseconds: Int64?
    /// What a selector asked of the store; nil for other parts.
    package let read: Read?
  }

  /// What a selector read.
  package struct Read: Sendable {
    package let matchers: String
    /// Milliseconds since 1970, both included.
    package let start: Int64
    package let end: Int64
    package let sampleCount: Int
    package let statistics: QueryStatistics
  }

  package let nodes: [Node]

  /// The plan as text, a line for each part and for what it read.
  package var lines: [String] {
    nodes.flatMap { node in
      let indent = String(repeating: "  ", count: node.depth)
      var line = indent + node.operation
      var facts: [String] = []
      if let count = node.seriesCount { facts.append("\(count) series") }
      if let read = node.read { facts.append("\(read.sampleCount) samples") }
      if let nanoseconds = node.nanoseconds { facts.append("\(GoText.plain(Double(nanoseconds / 1000) / 1000)) ms") }
      if !facts.isEmpty { line += ": " + facts.joined(separator: ", ") }
      guard let read = node.read else { return [line] }
      let statistics = read.statistics
      return [
        line,
        indent + "  store: series where {\(read.matchers)}"
          + " from \(GoText.plain(Double(read.start) / 1000)) to \(GoText.plain(Double(read.end) / 1000))",
        indent + "  read: \(statistics.blocksRead) of \(statistics.blocksTotal) blocks"
          + " (\(statistics.blocksPruned) pruned), \(statistics.bytesRead) bytes,"
          + " \(statistics.rowsMatched) of \(statistics.rowsScanned) rows",
      ]
    }
  }
}

/// Notes what the parts of a query cost while it is evaluated. One owner.
final class PlanRecorder {
  private struct Cost {
    var seriesCount: Int?
    var nanoseconds: Int64 = 0
  }

  /// A part by its place in the query: parts of one range differ in what they are.
  private struct Key: Hashable {
    let start: Int
    let end: Int
    let operation: String
  }

  private var costs: [Key: Cost] = [:]

  func note(_ expression: Expression, _ value: Value, nanoseconds: Int64) {
    guard let operation = PlanRecorder.operation(expression) else { return }
    var seriesCount: Int?
    if case .vector(let matrix) = value { seriesCount = matrix.rowCount }
    let key = Key(start: expression.range.start, end: expression.range.end, operation: operation)
    costs[key, default: Cost()].nanoseconds += nanoseconds
    costs[key]?.seriesCount = seriesCount
  }

  /// The plan of an evaluated query.
  func plan(of evaluator: Evaluator, requests: [Int: SampleRequest]) -> QueryPlan {
    var nodes: [QueryPlan.Node] = []
    append(evaluator.expression, depth: 0, evaluator, requests, to: &nodes)
    return QueryPlan(nodes: nodes)
  }

  private func append(
    _ expression: Expression, depth: Int, _ evaluator: Evaluator, _ requests: [Int: SampleRequest],
    to nodes: inout [QueryPlan.Node]
  ) {
    guard let operation = PlanRecorder.operation(expression) else {
      for child in expression.children { append(child, depth: depth, evaluator, requests, to: &nodes) }
      return
    }
    let selector: VectorSelector? =
      switch expression {
      case .vectorSelector(let selector): selector
      case .matrixSelector(let matrix): matrix.selector
      default: nil
      }
    if let selector {
      nodes.append(node(operation, depth, number: selector.number, evaluator, requests))
      return
    }
    let cost = costs[Key(start: expression.range.start, end: expression.range.end, operation: operation)]
    nodes.append(
      QueryPlan.Node(
        depth: depth, operation: operation, seriesCount: cost?.seriesCount, nanoseconds: cost?.nanoseconds, read: nil))
    for child in expression.children { append(child, depth: depth + 1, evaluator, requests, to: &nodes) }
    if case .call(let call) = expression, requests[InfoSelector.number(of: call)] != nil {
      nodes.append(
        node("selector of info", depth + 1, number: InfoSelector.number(of: call), evaluator, requests))
    }
  }

  private func node(
    _ operation: String, _ depth: Int, number: Int, _ evaluator: Evaluator, _ requests: [Int: SampleRequest]
  ) -> QueryPlan.Node {
    let series = evaluator.selected[number] ?? []
    let read = requests[number].map { request in
      QueryPlan.Read(
        matchers: request.matchers.map(\.text).joined(separator: ","), start: request.start, end: request.end,
        sampleCount: series.reduce(0) { $0 + $1.floats.count + $1.histograms.count },
        statistics: evaluator.statistics[number] ?? QueryStatistics())
    }
    return QueryPlan.Node(
      depth: depth, operation: operation, seriesCount: series.count, nanoseconds: nil, read: read)
  }

  /// What a part does; nil for those that only wrap another.
  private static func operation(_ expression: Expression) -> String? {
    switch expression {
    case .number(let literal): "number " + ExpressionText.number(literal)
    case .string(let literal): "string " + GoText.quoted(bytes: literal.bytes)
    case .vectorSelector, .matrixSelector: "selector " + ExpressionText.line(expression)
    case .subquery(let subquery): "subquery " + ExpressionText.subquery(subquery)
    case .parentheses: nil
    case .unary(let unary): unary.isNegative ? "operator -" : "operator +"
    case .binary(let binary): "operator " + ExpressionText.operation(binary)
    case .call(let call): "function " + call.function.name
    case .aggregate(let aggregate): "aggregation " + trimmed(ExpressionText.aggregation(aggregate))
    case .stepInvariant: nil
    }
  }

  private static func trimmed(_ text: String) -> String { text.hasSuffix(" ") ? String(text.dropLast()) : text }
}

internal import TelemetryModel
internal import TelemetryStore

extension TraceQLEngine {
  /// The plan of a checked query, a line a step: what the store is asked and what is evaluated above it.
  package static func explain(_ query: TraceQLQuery) -> [String] {
    switch query.root {
    case .search(let pipeline): return explain(SearchPlan(pipeline))
    case .metrics(let expression): return explain(expression)
    }
  }

  private static func explain(_ plan: SearchPlan) -> [String] {
    var lines = ["scan spans, newest first, for candidate traces: \(text(plan.candidates.upper))"]
    lines.append("fetch whole traces: \(fields(plan.neededFields))")
    lines.append(
      plan.flatFilter != nil && plan.candidates.isExact && !plan.needsTraces
        ? "evaluate above the store: arrays in \(fields(plan.candidates.arrayFields.sorted { $0.text < $1.text })) alone"
        : "evaluate above the store: the whole pipeline, trace by trace")
    return lines
  }

  private static func explain(_ expression: MetricsExpression) -> [String] {
    switch expression {
    case .number(let number, _): return ["number \(number)"]
    case .operation(let binary, let left, let right, _):
      return ["series \(binary.rawValue) series by labels"] + (explain(left) + explain(right)).map { "  " + $0 }
    case .filtered(let inner, let stages):
      return ["keep series and samples: \(stages.count) stages"] + explain(inner).map { "  " + $0 }
    case .aggregate(let pipeline, let aggregate):
      let read = aggregate.by + (aggregate.function.attribute.map { [$0] } ?? [])
      let plan = SearchPlan(pipeline, reading: read)
      if let request = try? MetricsRequest(instantFrom: 0, to: 1),
        let pushed = PushedMetrics(plan, aggregate, request)
      {
        return [
          "aggregate in the store: \(aggregate.function.name) by \(fields(pushed.request.groupBy)) "
            + "where \(text(pushed.request.predicate)), unless \(text(pushed.arrays))"
        ]
      }
      if plan.needsTraces { return explain(plan) + ["count the spans of each trace: \(aggregate.function.name)"] }
      return [
        "scan spans: \(text(plan.candidates.upper))",
        "evaluate above the store: the filter and \(aggregate.function.name)",
      ]
    }
  }

  private static func fields(_ fields: [FieldReference]) -> String {
    fields.isEmpty ? "nothing" : fields.map(\.text).joined(separator: ", ")
  }

  private static func text(_ predicate: Predicate) -> String {
    switch predicate {
    case .all: "everything"
    case .nothing: "nothing"
    case .and(let parts): "(" + parts.map(text).joined(separator: " and ") + ")"
    case .or(let parts): "(" + parts.map(text).joined(separator: " or ") + ")"
    case .not(let part): "not " + text(part)
    case .exists(let field): "\(field.text) exists"
    case .hasType(let field, let type): "\(field.text) is \(type.name)"
    case .compare(let field, let comparison, let value):
      "\(field.text) \(comparison.symbol) \(TraceQLPrinter.text(Static(value)))"
    case .memberOf(let field, let values): "\(field.text) in \(values.count) values"
    case .text(let field, let match): "\(field.text) matches \(match.form)"
    case .anyText(let match): "any text matches \(match.form)"
    case .traceIDs(let ids): "trace_id in \(ids.count) ids"
    }
  }
}

extension Comparison {
  fileprivate var symbol: String {
    switch self {
    case .equal: "="
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    }
  }
}

package import TelemetryStore

extension TraceQLEngine {
  /// Spans that the filters of a checked search may take: what narrows a list of values.
  package static func spanPredicate(_ pipeline: Pipeline) -> Predicate { SearchPlan(pipeline).candidates.upper }
}

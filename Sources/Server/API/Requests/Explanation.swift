import TelemetryStore

/// How a query was answered: what `explain=1` adds to the answer of every query in one of the three languages.
struct Explanation: Sendable {
  /// `promql`, `logql` or `traceql`.
  let language: String
  /// A step a line, indented by depth.
  let steps: [String]
  let statistics: QueryStatistics
  let elapsed: Duration

  /// Whether a request asks for the plan.
  static func isAsked(_ value: String?) -> Bool { value == "1" || value == "true" }
}

extension JSONWriter {
  /// The member `explain` of an open object; nothing without a plan.
  mutating func explanation(_ plan: Explanation?) {
    guard let plan else { return }
    key("explain")
    beginObject()
    member("language", string: plan.language)
    key("plan")
    strings(plan.steps)
    key("statistics")
    statistics(plan.statistics, elapsed: plan.elapsed)
    endObject()
  }
}

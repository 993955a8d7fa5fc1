/// A parsed query.
package struct TraceQLQuery: Sendable {
  package enum Root: Sendable {
    /// Finds traces.
    case search(Pipeline)
    /// Makes time series.
    case metrics(MetricsExpression)
  }

  package let root: Root
  /// What stands in `with (…)`, in order.
  package let hints: [Hint]
}

/// One `key=value` of `with (…)`; unknown keys mean nothing.
package struct Hint: Sendable {
  package let name: String
  package let value: Static
}

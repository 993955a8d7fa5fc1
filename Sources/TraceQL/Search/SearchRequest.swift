package import TelemetryModel
package import TelemetryStore

/// What a search asks beside its query.
package struct SearchRequest: Sendable {
  /// A trace is in the answer when one of the spans it is found by starts in it.
  package var range: TimeRange
  /// Traces at most.
  package var traceLimit: Int
  /// Spans told of a spanset at most.
  package var spanLimit: Int

  package init(range: TimeRange = .all, traceLimit: Int = 20, spanLimit: Int = 3) {
    self.range = range
    self.traceLimit = traceLimit
    self.spanLimit = spanLimit
  }
}

/// Whether an answer is all there is.
package enum Completeness: Sendable, Equatable {
  case complete
  /// More may match; why it is not told.
  case limited(String)
}

/// The traces that a query finds, those with the newest spans found first.
package struct SearchAnswer: Sendable {
  package let traces: [TraceMatch]
  package let completeness: Completeness
  /// Whole traces that were looked at.
  package let inspectedTraces: Int
  package let statistics: QueryStatistics
}

/// One trace of an answer.
package struct TraceMatch: Sendable {
  /// What one service did in the trace.
  package struct Service: Sendable, Hashable {
    package let name: String
    package var spanCount: Int
    package var errorCount: Int
  }

  /// A span that was found.
  package struct Span: Sendable {
    package let id: SpanID
    package let name: String
    package let start: Int64
    package let duration: Int64
    /// Attributes that the query names, without those that are missing.
    package let attributes: [(attribute: Attribute, value: Static)]
  }

  /// The spans that came out of the pipeline together.
  package struct Spanset: Sendable {
    package let spans: [Span]
    /// How many spans it has, also beyond the limit.
    package let matchedCount: Int
    package let attributes: [(name: String, value: Static)]
  }

  package let id: TraceID
  /// Nil while the root span is missing.
  package let rootServiceName: String?
  package let rootName: String?
  package let start: Int64
  package let duration: Int64
  package let spansets: [Spanset]
  /// By name.
  package let services: [Service]
}

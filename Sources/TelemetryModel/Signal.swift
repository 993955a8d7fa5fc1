/// The three kinds of telemetry; each is one row type of the store.
///
/// Raw values are part of the storage formats (docs/format/wal.md, docs/format/part.md): never renumber.
package enum Signal: UInt8, Sendable, Hashable, CaseIterable {
  /// Log records.
  case logs = 1
  /// Spans; `traces` in OTLP paths and in the names users see.
  case spans = 2
  /// Metric data points.
  case metrics = 3

  /// The name in URLs, configuration and counters: `logs`, `traces`, `metrics`.
  package var name: String {
    switch self {
    case .logs: "logs"
    case .spans: "traces"
    case .metrics: "metrics"
    }
  }
}

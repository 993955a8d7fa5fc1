/// What one query may take.
package struct LogQLLimits: Sendable {
  /// Series of any part of a query.
  package var series = 50_000
  /// Bytes of rows and samples that a query holds above the store.
  package var memoryBytes = 256 << 20
  /// Steps of a range query.
  package var steps = 11_000
  /// Lines of an answer.
  package var lines = 5_000

  package init() {}
}

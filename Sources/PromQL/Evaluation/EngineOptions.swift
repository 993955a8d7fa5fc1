/// How queries are evaluated, and how much they may use.
package struct EngineOptions: Sendable {
  /// How long a sample counts without a newer one, in milliseconds.
  package var lookback: Int64 = 300_000
  /// The step of subqueries that name none, in milliseconds.
  package var subqueryStep: Int64 = 60_000
  /// Most samples that a query may hold at a time.
  package var sampleLimit = 50_000_000
  /// Most bytes of samples that a query may hold at a time.
  package var byteLimit = 1 << 30

  package init() {}
}

/// What happened to the telemetry that a ledger entry counts.
package enum LedgerAction: String, Sendable, Hashable, CaseIterable {
  /// The whole record, span or point was refused.
  case rejected
  /// A value was shortened.
  case truncated
  /// A part of a record was left out.
  case dropped
  /// A value was replaced by another.
  case replaced
  /// Accepted without effect, or accepted in an unusual form.
  case ignored
}

package import TelemetryModel

/// What a request body decoded to.
package struct DecodedBody: Sendable {
  package let batch: RecordBatch
  package let ledger: [LedgerEntry]
  /// Records, spans or points refused: the count of OTLP's partial success.
  package let rejectedCount: Int
  /// Says why, for OTLP's partial success; nil when nothing was refused.
  package let rejectedMessage: String?

  package init(batch: RecordBatch, ledger: [LedgerEntry], rejectedCount: Int, rejectedMessage: String?) {
    self.batch = batch
    self.ledger = ledger
    self.rejectedCount = rejectedCount
    self.rejectedMessage = rejectedMessage
  }
}

/// One thing that a body's decoding changed, dropped or refused, with how often.
package struct LedgerEntry: Sendable, Hashable {
  /// A stable word such as `time_too_old`; docs/guides/ingest-limits.md lists them all.
  package let reason: String
  package let action: LedgerAction
  package let count: Int
  /// The first occurrence in short, for people.
  package let sample: String

  package init(reason: String, action: LedgerAction, count: Int, sample: String) {
    self.reason = reason
    self.action = action
    self.count = count
    self.sample = sample
  }
}

package import TelemetryModel

/// What a retention policy would delete now; nothing is deleted.
package struct RetentionPreview: Sendable, Hashable {
  /// Why a part goes.
  package enum Rule: String, Sendable, Hashable, CaseIterable {
    /// Its newest row is too old.
    case age
    /// Everything together takes more space than allowed, and it is the oldest.
    case size
  }

  /// The parts of one signal that one rule takes.
  package struct Share: Sendable, Hashable {
    package let signal: Signal
    package let rule: Rule
    package let partCount: Int
    package let rowCount: Int
    package let byteCount: Int64
    /// Oldest and newest time of their rows, nanoseconds since 1970.
    package let timeFirst: Int64
    package let timeLast: Int64

    package init(
      signal: Signal, rule: Rule, partCount: Int, rowCount: Int, byteCount: Int64, timeFirst: Int64, timeLast: Int64
    ) {
      self.signal = signal
      self.rule = rule
      self.partCount = partCount
      self.rowCount = rowCount
      self.byteCount = byteCount
      self.timeFirst = timeFirst
      self.timeLast = timeLast
    }
  }

  package let policy: RetentionPolicy
  /// By signal and rule; those that take nothing are left out.
  package let shares: [Share]

  package init(policy: RetentionPolicy, shares: [Share]) {
    self.policy = policy
    self.shares = shares
  }
}

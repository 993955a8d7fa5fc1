internal import TelemetryModel
package import TelemetryStore

/// Which parts a retention policy ends.
package enum RetentionPlan {
  /// The parts whose newest row is too old, and then the oldest of the others (by newest row, over all signals) until the
  /// rest fits in the policy's bytes.
  ///
  /// - Parameter now: nanoseconds since 1970.
  package static func partsToDrop(_ parts: [PartEntry], policy: RetentionPolicy, now: Int64) -> [PartEntry] {
    plan(parts, policy: policy, now: now).map(\.part)
  }

  /// What `partsToDrop` names, summed up by signal and rule.
  package static func preview(_ parts: [PartEntry], policy: RetentionPolicy, now: Int64) -> RetentionPreview {
    let dropped = plan(parts, policy: policy, now: now)
    var shares: [RetentionPreview.Share] = []
    for signal in Signal.allCases {
      for rule in RetentionPreview.Rule.allCases {
        let own = dropped.filter { $0.part.signal == signal && $0.rule == rule }.map(\.part)
        guard let first = own.map(\.timeFirst).min(), let last = own.map(\.timeLast).max() else { continue }
        shares.append(
          RetentionPreview.Share(
            signal: signal, rule: rule, partCount: own.count,
            rowCount: own.reduce(0) { $0 + Int(clamping: $1.rowCount) },
            byteCount: own.reduce(0) { $0 + Int64(clamping: $1.byteCount) }, timeFirst: first, timeLast: last))
      }
    }
    return RetentionPreview(policy: policy, shares: shares)
  }

  private static func plan(
    _ parts: [PartEntry], policy: RetentionPolicy, now: Int64
  ) -> [(part: PartEntry, rule: RetentionPreview.Rule)] {
    var dropped: [(part: PartEntry, rule: RetentionPreview.Rule)] = []
    var kept: [PartEntry] = []
    for part in parts {
      let isTooOld = policy.maximumAge[part.signal].map { age in
        let (oldest, overflow) = now.subtractingReportingOverflow(age)
        return !overflow && part.timeLast < oldest
      }
      if isTooOld == true { dropped.append((part, .age)) } else { kept.append(part) }
    }
    guard let maximumBytes = policy.maximumBytes else { return dropped }
    var byteCount = kept.reduce(Int64(0)) { $0 + Int64(clamping: $1.byteCount) }
    kept.sort { ($0.timeLast, $0.name) < ($1.timeLast, $1.name) }
    for part in kept {
      guard byteCount > maximumBytes else { break }
      byteCount -= Int64(clamping: part.byteCount)
      dropped.append((part, .size))
    }
    return dropped
  }
}

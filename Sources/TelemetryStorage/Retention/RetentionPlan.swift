internal import TelemetryModel
package import TelemetryStore

/// Which parts a retention policy ends.
package enum RetentionPlan {
  /// The parts whose newest row is too old, and then the oldest of the others (by newest row, over all signals) until the
  /// rest fits in the policy's bytes.
  ///
  /// - Parameter now: nanoseconds since 1970.
  package static func partsToDrop(_ parts: [PartEntry], policy: RetentionPolicy, now: Int64) -> [PartEntry] {
    var dropped: [PartEntry] = []
    var kept: [PartEntry] = []
    for part in parts {
      let isTooOld = policy.maximumAge[part.signal].map { age in
        let (oldest, overflow) = now.subtractingReportingOverflow(age)
        return !overflow && part.timeLast < oldest
      }
      if isTooOld == true { dropped.append(part) } else { kept.append(part) }
    }
    guard let maximumBytes = policy.maximumBytes else { return dropped }
    var byteCount = kept.reduce(Int64(0)) { $0 + Int64(clamping: $1.byteCount) }
    kept.sort { ($0.timeLast, $0.name) < ($1.timeLast, $1.name) }
    for part in kept {
      guard byteCount > maximumBytes else { break }
      byteCount -= Int64(clamping: part.byteCount)
      dropped.append(part)
    }
    return dropped
  }
}

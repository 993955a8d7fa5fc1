internal import Glibc
internal import TelemetryModel
internal import TelemetryStorage

/// Keeps a merge out of the way: after each block it rests, so that it takes its share of one processor and no more, and it
/// ends when the store closes. On the compaction thread.
final class CompactionPace {
  private let share: Double
  private let isEnding: () -> Bool
  private var resumedAt = MonotonicClock.now()

  /// The longest sleep before it looks whether the store closes.
  private static let slice: Int64 = 10_000_000

  /// - Parameter share: of one processor, above 0; 1 never rests.
  init(share: Double, isEnding: @escaping () -> Bool) {
    self.share = share
    self.isEnding = isEnding
  }

  /// Rests in proportion to the time since the last call.
  ///
  /// - Throws: `.shuttingDown` when the store closes.
  func rest() throws(StorageError) {
    let worked = max(0, MonotonicClock.now() - resumedAt)
    var left = share < 1 ? Int64(Double(worked) * (1 / max(0.01, share) - 1)) : 0
    while left > 0, !isEnding() {
      usleep(UInt32(min(left, Self.slice) / 1000))
      left -= Self.slice
    }
    resumedAt = MonotonicClock.now()
    if isEnding() { throw StorageError(.shuttingDown, path: "", detail: "a merge ends with the store") }
  }

  /// Lets this thread have less of the processors than others while they are busy (Linux: of the calling thread).
  static func setNiceness(_ niceness: Int32) { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness) }
}

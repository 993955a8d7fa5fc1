/// Whether one signal's rows have ceased to come.
///
/// Rows that come every fifteen seconds have not: silence counts from twice the longest gap of the last minutes on; see
/// ADR 0137.
struct ArrivalGaps {
  /// Silence is never shorter, nanoseconds.
  private static let shortestSilence: Int64 = 3_000_000_000
  /// Gaps are forgotten after one to two spans of this length, nanoseconds.
  private static let span: Int64 = 300_000_000_000

  private var lastArrival: Int64?
  private var spanStart: Int64 = 0
  private var longest: Int64 = 0
  private var longestBefore: Int64 = 0

  /// Rows came.
  mutating func note(_ now: Int64) {
    defer { lastArrival = now }
    guard let lastArrival else {
      spanStart = now
      return
    }
    if now < spanStart || now - spanStart >= Self.span {
      longestBefore = longest
      longest = 0
      spanStart = now
    }
    longest = max(longest, now - lastArrival)
  }

  /// Whether nothing has come for longer than gaps have been; false before the first rows.
  func isSilent(_ now: Int64) -> Bool {
    guard let lastArrival else { return false }
    let gap = max(longest, longestBefore)
    return now - lastArrival >= max(Self.shortestSilence, gap.multipliedReportingOverflow(by: 2).partialValue)
  }
}

import TelemetryModel
import TelemetryStore

/// The times at which counters that are computed from spans have samples: equal slots of a range, each with a sample at its
/// end, and one at the beginning that is zero.
struct SampleGrid: Sendable {
  /// Milliseconds since 1970, ascending.
  let times: [Int64]
  /// Nanoseconds.
  let start: Int64
  let width: Int64
  /// The spans that are counted.
  let range: TimeRange

  /// As dense as scrapes usually are, unless the range is long.
  private static let densest: Int64 = 15_000
  private static let slotLimit: Int64 = 1_000
  private static let million: Int64 = 1_000_000

  /// - Parameters:
  ///   - start, end: milliseconds since 1970, both included.
  init?(start: Int64, end: Int64) {
    let (span, isOut) = end.subtractingReportingOverflow(start)
    guard !isOut, span > 0, abs(start) < .max / SampleGrid.million / 2, abs(end) < .max / SampleGrid.million / 2 else {
      return nil
    }
    let fewest = (span + SampleGrid.slotLimit - 1) / SampleGrid.slotLimit
    let step = (max(fewest, 1) + SampleGrid.densest - 1) / SampleGrid.densest * SampleGrid.densest
    times = [start] + stride(from: start + step, to: end, by: Int(step)) + [end]
    self.start = start * SampleGrid.million
    width = step * SampleGrid.million
    range = TimeRange(start: self.start, end: end * SampleGrid.million)
  }

  var slotCount: Int { times.count - 1 }

  /// Numbers that all slots of one answer may hold: 160 MB.
  private static let numberLimit = 20_000_000

  /// - Throws: `.memoryExhausted` when so many counters have too many slots together.
  func check(counters: Int, for operation: String) throws(StoreFailure) {
    guard counters > SampleGrid.numberLimit / max(1, slotCount) else { return }
    throw .memoryExhausted(operation: operation, limitBytes: SampleGrid.numberLimit * 8)
  }

  /// The slot of a time in `range`.
  func slot(_ time: Int64) -> Int { min(max(0, Int((time - start) / width)), slotCount - 1) }
}

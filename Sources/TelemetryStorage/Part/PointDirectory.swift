import TelemetryModel

/// Where the points of each series stand in one block, in the order of (series, time), and when they were:
/// all that a question about series has to know of a block before it reads a value.
///
/// Series that report together have the same times, which stand here once. Immutable.
package final class PointDirectory: Sendable {
  /// Consecutive rows of one series.
  struct Run: Sendable {
    let code: UInt32
    /// First position and the position after the last.
    let start: UInt32
    let end: UInt32
    /// Place in `times`.
    let times: UInt32
  }

  /// The times of the rows of a run, ascending.
  struct Times: Sendable {
    let values: [Int64]
    /// Whether a time comes twice.
    let hasRepeatedTimes: Bool
  }

  /// Ascending by position; they cover every row.
  let runs: [Run]
  let times: [Times]
  /// Row at each position; nil when positions are rows.
  let order: [UInt32]?
  /// Memory that the directory takes.
  let byteCount: Int

  private init(runs: [Run], times: [Times], order: [UInt32]?) {
    self.runs = runs
    self.times = times
    self.order = order
    byteCount =
      runs.count * MemoryLayout<Run>.stride + times.reduce(0) { $0 + $1.values.count * 8 + 64 } + (order?.count ?? 0)
      * 4
  }

  /// The directory of rows in any order.
  static func sorting(codes: [UInt32], times: [Int64]) -> PointDirectory? {
    if let directory = of(codes: codes, times: times) { return directory }
    guard codes.count == times.count, let greatest = codes.max() else { return nil }
    let order = BlockRuns.order(
      codes, times, [Bool](repeating: true, count: Int(greatest) + 1), (first: .min, last: .max))
    return of(codes: order.map { codes[Int($0)] }, times: order.map { times[Int($0)] }, order: order)
  }

  /// The directory of rows with these codes and times; nil when they are in another order.
  ///
  /// - Parameter order: the rows, where codes and times are not in their order.
  static func of(codes: [UInt32], times: [Int64], order: [UInt32]? = nil) -> PointDirectory? {
    guard codes.count == times.count else { return nil }
    let codes = codes.span
    let times = times.span
    var runs: [Run] = []
    var lists: [Times] = []
    var places: [UInt64: UInt32] = [:]
    var start = 0
    while start < codes.count {
      let code = codes[start]
      if let last = runs.last, last.code >= code { return nil }
      var end = start &+ 1
      var hash = UInt64(bitPattern: times[start])
      var hasRepeatedTimes = false
      while end < codes.count, codes[end] == code {
        if times[end] <= times[end &- 1] {
          if times[end] < times[end &- 1] { return nil }
          hasRepeatedTimes = true
        }
        hash = ContentHash.mix(hash ^ 0x9e37_79b9_7f4a_7c15, UInt64(bitPattern: times[end]))
        end &+= 1
      }
      let place: UInt32
      if let known = places[hash], isEqual(lists[Int(known)].values, times.extracting(start..<end)) {
        place = known
      } else {
        place = UInt32(lists.count)
        places[hash] = place
        let run = times.extracting(start..<end)
        lists.append(Times(values: run.indices.map { run[$0] }, hasRepeatedTimes: hasRepeatedTimes))
      }
      runs.append(Run(code: code, start: UInt32(start), end: UInt32(end), times: place))
      start = end
    }
    return PointDirectory(runs: runs, times: lists, order: order)
  }

  private static func isEqual(_ known: [Int64], _ times: Span<Int64>) -> Bool {
    guard known.count == times.count else { return false }
    for index in known.indices where known[index] != times[index] { return false }
    return true
  }

  /// The runs of accepted series as far as they lie in the time range.
  ///
  /// - Parameters:
  ///   - accepted: by code; a code beyond it is not accepted.
  ///   - range: both ends included.
  func runs(of accepted: [Bool], in range: (first: Int64, last: Int64)) -> [SeriesRun] {
    var found: [SeriesRun] = []
    forEachRun(of: accepted, in: range) { run, list, part in
      found.append(
        SeriesRun(
          series: Int(run.code), start: Int(run.start) + part.lowerBound, end: Int(run.start) + part.upperBound,
          firstTime: list.values[part.lowerBound], lastTime: list.values[part.upperBound - 1],
          hasRepeatedTimes: list.hasRepeatedTimes, list: Int(run.times), listStart: part.lowerBound))
    }
    return found
  }

  /// Calls `body` with the same runs, their times and what the range leaves of these.
  @inline(__always)
  func forEachRun(
    of accepted: [Bool], in range: (first: Int64, last: Int64), _ body: (Run, Times, Range<Int>) -> Void
  ) {
    // What the range leaves of each list, found once.
    var parts = [Range<Int>?](repeating: nil, count: times.count)
    for run in runs {
      guard Int(run.code) < accepted.count, accepted[Int(run.code)] else { continue }
      let list = Int(run.times)
      let part: Range<Int>
      if let known = parts[list] {
        part = known
      } else {
        part = PointDirectory.part(of: times[list].values, range)
        parts[list] = part
      }
      if part.isEmpty { continue }
      body(run, times[list], part)
    }
  }

  private static func part(of times: [Int64], _ range: (first: Int64, last: Int64)) -> Range<Int> {
    guard range.first <= range.last else { return 0..<0 }
    let start = index(in: times) { $0 >= range.first }
    let end = index(in: times) { $0 > range.last }
    return start..<end
  }

  /// The first index whose time is as wanted, when all after it are, too.
  private static func index(in times: [Int64], _ isWanted: (Int64) -> Bool) -> Int {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if isWanted(times[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

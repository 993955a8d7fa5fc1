/// Points of one series in one block that stand one after the other, in time order.
struct SeriesRun: Sendable {
  /// Number of the series: in the worker's catalogue, then in the answer.
  var series: Int
  /// First position and the position after the last; positions are rows in the block's order of (series, time).
  var start: Int
  var end: Int
  let firstTime: Int64
  let lastTime: Int64
  /// Whether a time comes twice in the run.
  let hasRepeatedTimes: Bool
  /// Which of the block's lists of times has those of the run, and from where on.
  let list: Int
  let listStart: Int

  var count: Int { end - start }
}

/// The runs of one block that a question about series takes.
struct BlockRuns: Sendable {
  /// Of the block among those of the query.
  let number: Int
  /// Whether columns of the block were read to find the runs.
  let wasRead: Bool
  /// Time at each position; empty for a block with a directory.
  private let times: [Int64]
  private let directory: PointDirectory?
  /// Row at each position; nil when positions are rows.
  let order: [UInt32]?
  /// Ascending by `start`.
  var runs: [SeriesRun]

  /// Finds the runs of accepted series in the time range.
  ///
  /// Cost: linear in the rows; rows that are not in the order of (series, time) are counted into place, and only runs
  /// whose times fall are sorted.
  ///
  /// - Parameters:
  ///   - codes: of all rows, each below `accepted.count`.
  ///   - times: of all rows.
  init(number: Int, codes: [UInt32], times: [Int64], accepted: [Bool], range: (first: Int64, last: Int64)) {
    self.number = number
    wasRead = true
    directory = nil
    if BlockRuns.isOrdered(codes, times) {
      self.times = times
      order = nil
      runs = BlockRuns.runs(codes, times, accepted, range)
      return
    }
    let order = BlockRuns.order(codes, times, accepted, range)
    self.order = order
    self.times = order.map { times[Int($0)] }
    runs = BlockRuns.runs(order.map { codes[Int($0)] }, self.times, accepted, range)
  }

  /// Finds the runs of accepted series in the time range, from what is known of the block. Cost: linear in its runs.
  init(
    number: Int, directory: PointDirectory, wasRead: Bool, accepted: [Bool], range: (first: Int64, last: Int64)
  ) {
    self.number = number
    self.wasRead = wasRead
    self.directory = directory
    times = []
    order = directory.order
    runs = directory.runs(of: accepted, in: range)
  }

  /// Memory that the runs take beside what is cached.
  var byteCount: Int { runs.count * MemoryLayout<SeriesRun>.stride + times.count * 8 }

  /// One of the lists of times that runs name.
  func list(_ number: Int) -> [Int64] { directory?.times[number].values ?? times }

  /// The times of one of the runs.
  func times(of run: SeriesRun) -> ArraySlice<Int64> { list(run.list)[run.listStart..<run.listStart + run.count] }

  private static func isOrdered(_ codes: [UInt32], _ times: [Int64]) -> Bool {
    let codes = codes.span
    let times = times.span
    var row = 1
    while row < codes.count {
      let (before, code) = (codes[row &- 1], codes[row])
      if code < before || (code == before && times[row] < times[row &- 1]) { return false }
      row &+= 1
    }
    return true
  }

  /// The rows of accepted series in the range, by (series, time, row).
  static func order(
    _ codes: [UInt32], _ times: [Int64], _ accepted: [Bool], _ range: (first: Int64, last: Int64)
  ) -> [UInt32] {
    var ends = [Int](repeating: 0, count: accepted.count + 1)
    for (row, code) in codes.enumerated() where accepted[Int(code)] && isInside(times[row], range) {
      ends[Int(code) + 1] += 1
    }
    for code in accepted.indices { ends[code + 1] += ends[code] }
    var order = [UInt32](repeating: 0, count: ends[accepted.count])
    // Begins of the codes, which become their ends.
    for (row, code) in codes.enumerated() where accepted[Int(code)] && isInside(times[row], range) {
      order[ends[Int(code)]] = UInt32(row)
      ends[Int(code)] += 1
    }
    var start = 0
    for code in accepted.indices {
      let end = ends[code]
      var position = start + 1
      while position < end, times[Int(order[position])] >= times[Int(order[position - 1])] { position += 1 }
      if position < end { order[start..<end].sort { (times[Int($0)], $0) < (times[Int($1)], $1) } }
      start = end
    }
    return order
  }

  private static func runs(
    _ codes: [UInt32], _ times: [Int64], _ accepted: [Bool], _ range: (first: Int64, last: Int64)
  ) -> [SeriesRun] {
    let codes = codes.span
    let times = times.span
    var runs: [SeriesRun] = []
    var position = 0
    while position < codes.count {
      let code = codes[position]
      var start = position
      var end = position &+ 1
      while end < codes.count, codes[end] == code { end &+= 1 }
      position = end
      guard accepted[Int(code)] else { continue }
      while start < end, times[start] < range.first { start &+= 1 }
      while end > start, times[end &- 1] > range.last { end &-= 1 }
      if start == end { continue }
      var isRepeated = false
      var next = start &+ 1
      while next < end {
        if times[next] == times[next &- 1] { isRepeated = true }
        next &+= 1
      }
      runs.append(
        SeriesRun(
          series: Int(code), start: start, end: end, firstTime: times[start], lastTime: times[end &- 1],
          hasRepeatedTimes: isRepeated, list: 0, listStart: start))
    }
    return runs
  }

  @inline(__always)
  private static func isInside(_ time: Int64, _ range: (first: Int64, last: Int64)) -> Bool {
    time >= range.first && time <= range.last
  }
}

import TelemetryStore

/// Where the points of each chosen series go, and from which runs they come.
struct SeriesLayout: Sendable {
  /// In the order of the target: by series, then by time, each time once.
  private(set) var copies: [RowCopy] = []
  /// Rows of each series in the target.
  private(set) var ranges: [Range<Int>]
  private(set) var rowCount = 0

  /// A run and the source that holds it.
  private struct Placed {
    let source: Int
    let run: SeriesRun
  }

  /// - Parameters:
  ///   - pieces: in the order of precedence: of two points with one time that of the later piece stays.
  ///   - seriesCount: `run.series` of every run is below it.
  /// - Throws: `.memoryExhausted` above 2³² points.
  init(_ pieces: [SeriesPiece], seriesCount: Int) throws(StoreFailure) {
    ranges = []
    ranges.reserveCapacity(seriesCount)
    // Runs counted into place by series; pieces keep their order.
    var ends = [Int](repeating: 0, count: seriesCount + 1)
    for piece in pieces { for run in piece.runs { ends[run.series + 1] += 1 } }
    for series in 0..<seriesCount { ends[series + 1] += ends[series] }
    let total = ends[seriesCount]
    var placed = [Placed?](repeating: nil, count: total)
    for (source, piece) in pieces.enumerated() {
      for run in piece.runs {
        placed[ends[run.series]] = Placed(source: source, run: run)
        ends[run.series] += 1
      }
    }
    let runs = placed.compactMap { $0 }
    copies.reserveCapacity(total)
    var start = 0
    for series in 0..<seriesCount {
      let first = rowCount
      append(runs[start..<ends[series]], pieces)
      start = ends[series]
      ranges.append(first..<rowCount)
    }
    guard rowCount < Int(UInt32.max) else {
      throw .memoryExhausted(operation: "points of series", limitBytes: Int(UInt32.max))
    }
  }

  private mutating func append(_ runs: ArraySlice<Placed>, _ pieces: [SeriesPiece]) {
    if isSimple(runs) {
      for placed in runs { append(placed.source, placed.run.start, placed.run.count) }
      return
    }
    let ordered = runs.sorted { $0.run.firstTime < $1.run.firstTime }
    if isSimple(ordered[...]) {
      for placed in ordered { append(placed.source, placed.run.start, placed.run.count) }
      return
    }
    merge(runs, pieces)
  }

  /// Whether the runs follow each other in time as they are, with no time twice.
  private func isSimple(_ runs: ArraySlice<Placed>) -> Bool {
    var last: Int64?
    for placed in runs {
      if placed.run.hasRepeatedTimes { return false }
      if let last, placed.run.firstTime <= last { return false }
      last = placed.run.lastTime
    }
    return true
  }

  /// Points of runs that overlap in time, one by one.
  private mutating func merge(_ runs: ArraySlice<Placed>, _ pieces: [SeriesPiece]) {
    var points: [(time: Int64, sequence: Int, source: Int, position: Int)] = []
    for placed in runs {
      for position in placed.run.start..<placed.run.end {
        points.append((pieces[placed.source].times[position], points.count, placed.source, position))
      }
    }
    points.sort { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
    var open: (source: Int, start: Int, count: Int)?
    for (index, point) in points.enumerated() {
      if index + 1 < points.count, points[index + 1].time == point.time { continue }
      if let run = open, run.source == point.source, run.start + run.count == point.position {
        open = (run.source, run.start, run.count + 1)
        continue
      }
      if let run = open { append(run.source, run.start, run.count) }
      open = (point.source, point.position, 1)
    }
    if let run = open { append(run.source, run.start, run.count) }
  }

  private mutating func append(_ source: Int, _ start: Int, _ count: Int) {
    copies.append(RowCopy(source: source, start: start, count: count))
    rowCount += count
  }
}

import TelemetryModel
import TelemetryStore

/// Where the points of each chosen series go, and from which runs they come.
struct SeriesLayout: Sendable {
  /// In the order of the target: by series, then by time, each time once.
  private(set) var copies: [RowCopy] = []
  /// Rows of each series in the target.
  private(set) var ranges: [Range<Int>] = []
  /// The times of the points of a series; series that report together share a list.
  private(set) var timeLists: [[Int64]] = []
  /// Which of the lists each series has.
  private(set) var listOfSeries: [Int] = []
  private(set) var rowCount = 0

  /// - Parameters:
  ///   - pieces: in the order of precedence: of two points with one time that of the later piece stays.
  ///   - seriesCount: `run.series` of every run is below it.
  /// - Throws: `.memoryExhausted` above 2³² points.
  init(_ pieces: [SeriesPiece], seriesCount: Int) throws(StoreFailure) {
    // Runs counted into place by series; pieces keep their order.
    var ends = [Int](repeating: 0, count: seriesCount + 1)
    for piece in pieces { for run in piece.runs { ends[run.series + 1] += 1 } }
    for series in 0..<seriesCount { ends[series + 1] += ends[series] }
    var runs = [PlacedRun](repeating: PlacedRun(source: 0, number: 0), count: ends[seriesCount])
    for (source, piece) in pieces.enumerated() {
      for (number, run) in piece.runs.enumerated() {
        runs[ends[run.series]] = PlacedRun(
          source: UInt32(truncatingIfNeeded: source), number: UInt32(truncatingIfNeeded: number))
        ends[run.series] += 1
      }
    }
    var orders = RunOrders(pieces)
    var copyCount = 0
    ranges.reserveCapacity(seriesCount)
    listOfSeries.reserveCapacity(seriesCount)
    var start = 0
    for series in 0..<seriesCount {
      let number = orders.number(of: runs[start..<ends[series]])
      start = ends[series]
      listOfSeries.append(number)
      copyCount += orders.orders[number].stretches.count
      let first = rowCount
      rowCount += orders.orders[number].times.count
      ranges.append(first..<rowCount)
    }
    guard rowCount < Int(UInt32.max) else {
      throw .memoryExhausted(operation: "points of series", limitBytes: Int(UInt32.max))
    }
    copies.reserveCapacity(copyCount)
    // Of the runs of one series.
    var origins: [(source: UInt32, start: UInt32)] = []
    start = 0
    for series in 0..<seriesCount {
      origins.removeAll(keepingCapacity: true)
      for placed in runs[start..<ends[series]] {
        let run = pieces[Int(placed.source)].runs[Int(placed.number)]
        origins.append((placed.source, UInt32(run.start)))
      }
      for stretch in orders.orders[listOfSeries[series]].stretches {
        let origin = origins[Int(stretch.run)]
        copies.append(
          RowCopy(source: origin.source, start: origin.start &+ stretch.start, count: stretch.count))
      }
      start = ends[series]
    }
    timeLists = orders.orders.map(\.times)
  }
}

/// A run of one of the pieces.
struct PlacedRun {
  let source: UInt32
  /// Its place among the runs of the piece.
  let number: UInt32
}

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
    // Stable: where two runs begin at one time the later piece's stays behind.
    let ordered = runs.sorted { ($0.run.firstTime, $0.source) < ($1.run.firstTime, $1.source) }
    var start = 0
    while start < ordered.count {
      // Runs that overlap, one with the next or through others.
      var end = start + 1
      var last = ordered[start].run.lastTime
      while end < ordered.count, ordered[end].run.firstTime <= last {
        last = max(last, ordered[end].run.lastTime)
        end += 1
      }
      if isSimple(ordered[start..<end]) {
        append(ordered[start].source, ordered[start].run.start, ordered[start].run.count)
      } else {
        merge(Array(ordered[start..<end]), pieces)
      }
      start = end
    }
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

  /// Merges runs that overlap in time: from the run with the earliest point as far as no other has a point.
  private mutating func merge(_ runs: [Placed], _ pieces: [SeriesPiece]) {
    var heads = runs.map(\.run.start)
    while true {
      var earliest: Int64?
      for (index, placed) in runs.enumerated() where heads[index] < placed.run.end {
        let time = pieces[placed.source].times[heads[index]]
        earliest = min(earliest ?? time, time)
      }
      guard let earliest else { return }
      // Of the points of one time that of the latest piece is taken; the others are passed over.
      var taken: Int?
      for (index, placed) in runs.enumerated() where heads[index] < placed.run.end {
        let times = pieces[placed.source].times
        guard times[heads[index]] == earliest else { continue }
        while heads[index] + 1 < placed.run.end, times[heads[index] + 1] == earliest { heads[index] += 1 }
        if let before = taken {
          let isLater = placed.source > runs[before].source
          heads[isLater ? before : index] += 1
          if isLater { taken = index }
        } else {
          taken = index
        }
      }
      guard let taken else { return }
      var limit = Int64.max
      for (index, placed) in runs.enumerated() where index != taken && heads[index] < placed.run.end {
        limit = min(limit, pieces[placed.source].times[heads[index]])
      }
      let times = pieces[runs[taken].source].times
      let start = heads[taken]
      var end = start + 1
      while end < runs[taken].run.end, times[end] < limit,
        end + 1 == runs[taken].run.end || times[end + 1] != times[end]
      {
        end += 1
      }
      append(runs[taken].source, start, end - start)
      heads[taken] = end
    }
  }

  private mutating func append(_ source: Int, _ start: Int, _ count: Int) {
    copies.append(RowCopy(source: source, start: start, count: count))
    rowCount += count
  }
}

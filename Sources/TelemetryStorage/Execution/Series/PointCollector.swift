import TelemetryModel
import TelemetryStore

/// Reads the points of chosen series and brings each series' points into time order.
struct PointCollector: Sendable {
  /// The chosen points of one block.
  struct Piece: Sendable {
    let number: Int
    let batch: RecordBatch
  }

  private let chosen: [SeriesCatalogue.Entry]
  /// Position in `chosen` by series.
  private let ranks: [Series: Int]
  private let timeRange: TimeRange
  private let includesExemplars: Bool
  private let control: QueryControl

  init(chosen: [SeriesCatalogue.Entry], timeRange: TimeRange, includesExemplars: Bool, control: QueryControl) {
    self.chosen = chosen
    ranks = Dictionary(
      chosen.enumerated().map { ($0.element.series, $0.offset) }, uniquingKeysWith: { first, _ in first })
    self.timeRange = timeRange
    self.includesExemplars = includesExemplars
    self.control = control
  }

  /// The points of one block that belong to chosen series; nil when there are none.
  func read(_ block: any BlockSource, _ number: Int) throws(StoreFailure) -> Piece? {
    try control.checkCancellation()
    guard timeRange.overlaps(first: block.timeFirst, last: block.timeLast) else { return nil }
    let accepted = block.series.map { ranks[$0] != nil }
    guard accepted.contains(true) else { return nil }
    var selection: BlockPredicate = .codes(.series, accepted: accepted)
    if !timeRange.covers(first: block.timeFirst, last: block.timeLast) {
      let time: BlockPredicate = .columns(
        [ColumnKey(Field.time, .int)], ValueTest(integers: timeRange.start...timeRange.end - 1))
      selection = .conjunction([selection, time])
    }
    var columns = BlockColumns(block)
    let batch: RecordBatch
    do throws(StorageError) {
      let selected = try selection.select(RowBitmap(all: block.rowCount), &columns)
      if selected.isEmpty { return nil }
      let projection: Projection =
        includesExemplars ? .everything : .fields(block.columns.map { FieldReference($0.key.scope, $0.key.name) })
      batch = try ScanProjection(projection, of: block).batch(&columns).gathered(selected.rows).compacted()
    } catch {
      // The first pass has reported and counted the block.
      return nil
    }
    control.update { $0.bytesRead += columns.byteCount }
    // Twice: the pieces, and the points put together from them.
    try control.memory.charge(batch.byteCount * 2, for: "points of series")
    return Piece(number: number, batch: batch)
  }

  /// The points of each chosen series in time order; of two points with one time the later block's stays.
  func assemble(_ pieces: [Piece]) throws(StoreFailure) -> [SeriesPoints] {
    try control.checkCancellation()
    guard !pieces.isEmpty else {
      return chosen.map {
        SeriesPoints(
          series: $0.series, firstTime: $0.firstTime, lastTime: $0.lastTime,
          points: RecordBatch(signal: .metrics, rowCount: 0, columns: [], series: [$0.series]))
      }
    }
    let all = RecordBatch.concatenated(pieces.map(\.batch))
    let times = all.times
    let rankOfCode = all.series.map { ranks[$0] ?? 0 }
    let codes = all.seriesCodes
    var order = [UInt32](0..<UInt32(all.rowCount))
    order.sort { left, right in
      let leftRank = rankOfCode[Int(codes[Int(left)])]
      let rightRank = rankOfCode[Int(codes[Int(right)])]
      if leftRank != rightRank { return leftRank < rightRank }
      let leftTime = times[Int(left)]
      let rightTime = times[Int(right)]
      return leftTime != rightTime ? leftTime < rightTime : left < right
    }
    var kept: [UInt32] = []
    var ranges = [Range<Int>](repeating: 0..<0, count: chosen.count)
    for (position, row) in order.enumerated() {
      let rank = rankOfCode[Int(codes[Int(row)])]
      if position + 1 < order.count {
        let next = order[position + 1]
        let isRepeated = rankOfCode[Int(codes[Int(next)])] == rank && times[Int(next)] == times[Int(row)]
        if isRepeated { continue }
      }
      if ranges[rank].isEmpty { ranges[rank] = kept.count..<kept.count }
      kept.append(row)
      ranges[rank] = ranges[rank].lowerBound..<kept.count
    }
    let sorted = all.gathered(kept)
    return chosen.enumerated().map { rank, entry in
      SeriesPoints(
        series: entry.series, firstTime: entry.firstTime, lastTime: entry.lastTime,
        points: sorted.slice(ranges[rank], of: entry.series))
    }
  }
}

import TelemetryModel
import TelemetryStore

/// Puts the pieces of all blocks together: one batch, sorted by (series, time). The work of one column is one job.
struct SeriesAssembly: Sendable {
  let layout: SeriesLayout
  private let points: ColumnAssembly
  private let exemplars: ColumnAssembly
  private let exemplarParents: [UInt32]
  private let pointKeys: [ColumnKey]
  private let exemplarKeys: [ColumnKey]

  /// - Parameter pieces: in the order of their blocks.
  init(_ pieces: [SeriesPiece], seriesCount: Int) throws(StoreFailure) {
    layout = try SeriesLayout(pieces, seriesCount: seriesCount)
    points = ColumnAssembly(sources: pieces.map(\.columns), rowCounts: pieces.map(\.rowCount), copies: layout.copies)
    var parents: [UInt32] = []
    var copies: [RowCopy] = []
    let tables = pieces.map(\.exemplars)
    if tables.contains(where: { $0 != nil }) {
      var target: UInt32 = 0
      for copy in layout.copies {
        defer { target &+= copy.count }
        let source = Int(copy.source)
        guard let table = tables[source] else { continue }
        let first = table.children(ofRow: copy.rows.lowerBound).lowerBound
        let end = table.children(ofRow: copy.rows.upperBound).lowerBound
        if first == end { continue }
        for child in first..<end { parents.append(table.parentRows[child] &- copy.start &+ target) }
        copies.append(RowCopy(source: source, start: first, count: end - first))
      }
    }
    exemplars = ColumnAssembly(
      sources: tables.map { $0?.columns ?? [] }, rowCounts: tables.map { $0?.rowCount ?? 0 }, copies: copies)
    exemplarParents = parents
    pointKeys = points.keys
    exemplarKeys = copies.isEmpty ? [] : exemplars.keys
  }

  /// How many columns there are to make.
  var jobCount: Int { pointKeys.count + exemplarKeys.count }

  /// Column `job`; nil when no chosen row has a value.
  func column(_ job: Int) throws(StoreFailure) -> Column? {
    job < pointKeys.count
      ? try points.column(pointKeys[job]) : try exemplars.column(exemplarKeys[job - pointKeys.count])
  }

  /// The batch, from the columns of all jobs.
  ///
  /// - Parameter sharesTimes: whether the rows' times and series are left to `layout`.
  func batch(_ columns: [Column?], of series: [Series], sharesTimes: Bool) -> RecordBatch {
    var codes: [UInt32] = []
    var own = columns[..<pointKeys.count].compactMap { $0 }
    if !sharesTimes {
      codes.reserveCapacity(layout.rowCount)
      for (rank, range) in layout.ranges.enumerated() {
        codes.append(contentsOf: repeatElement(UInt32(rank), count: range.count))
      }
      var times: [Int64] = []
      times.reserveCapacity(layout.rowCount)
      for list in layout.listOfSeries { times += layout.timeLists[list] }
      own.insert(Column(ColumnKey(Field.time, .int), values: .int64(times)), at: 0)
    }
    let children =
      exemplarParents.isEmpty
      ? []
      : [
        ChildTable(
          kind: .exemplar, parentRows: exemplarParents, columns: columns[pointKeys.count...].compactMap { $0 })
      ]
    return RecordBatch(
      signal: .metrics, rowCount: layout.rowCount, columns: own,
      series: series, seriesCodes: codes, children: children)
  }
}

import TelemetryModel
import TelemetryStore

/// One stored series with the place of its points: the only knowledge of how the store hands points out.
struct SeriesRead {
  let series: Series
  /// Nanoseconds since 1970, both inclusive.
  let firstTime: Int64
  let lastTime: Int64
  let columns: SampleColumns
  /// Of the rows.
  let times: SampleTimes
  /// Whether it is known that no two points fall into one millisecond.
  let hasDistinctTimes: Bool
  /// The rows of the series in `columns`, in time order.
  let rows: Range<Int>

  static func all(_ answer: SeriesAnswer) -> [SeriesRead] {
    guard let points = answer.points else { return [] }
    let columns = SampleColumns(points)
    let lists = answer.timeLists.map { $0.map { milliseconds($0) } }
    let areDistinct = lists.map { FloatRows.ascends($0[...]) }
    return answer.series.map { entry in
      SeriesRead(
        series: entry.series, firstTime: entry.firstTime, lastTime: entry.lastTime, columns: columns,
        times: entry.timeList.map { SampleTimes(lists[$0], first: entry.rows.lowerBound) } ?? columns.times,
        hasDistinctTimes: entry.timeList.map { areDistinct[$0] } ?? false, rows: entry.rows)
    }
  }

  /// The exemplars of series that were read with them: rows of the table.
  static func exemplars(_ answer: SeriesAnswer) -> [(series: Series, children: ChildTable, range: Range<Int>)] {
    guard let table = answer.points?.child(.exemplar) else { return [] }
    return answer.series.map { entry in
      let first = table.children(ofRow: entry.rows.lowerBound).lowerBound
      let end = entry.rows.isEmpty ? first : table.children(ofRow: entry.rows.upperBound - 1).upperBound
      return (entry.series, table, first..<end)
    }
  }
}

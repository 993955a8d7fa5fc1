import TelemetryModel
import TelemetryStore

/// One stored series with the place of its points: the only knowledge of how the store hands points out.
struct SeriesRead {
  let series: Series
  /// Nanoseconds since 1970, both inclusive.
  let firstTime: Int64
  let lastTime: Int64
  let columns: PointColumns
  /// The rows of the series in `columns`, in time order.
  let rows: Range<Int>

  static func all(_ answer: SeriesAnswer) -> [SeriesRead] {
    answer.series.compactMap { entry in
      guard let points = entry.points else { return nil }
      let columns = PointColumns(points)
      return SeriesRead(
        series: entry.series, firstTime: entry.firstTime, lastTime: entry.lastTime, columns: columns,
        rows: 0..<columns.rowCount)
    }
  }

  /// The exemplars of a series that was read with them.
  static func exemplars(_ answer: SeriesAnswer) -> [(series: Series, children: ChildTable, range: Range<Int>)] {
    answer.series.compactMap { entry in
      guard let table = entry.points?.child(.exemplar) else { return nil }
      return (entry.series, table, 0..<table.rowCount)
    }
  }
}

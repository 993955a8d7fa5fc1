package import TelemetryModel
package import TelemetryStore

/// The exemplars of the lines of a metric question, newest first, at most `limit`.
package struct ExemplarTable: Sendable {
  package struct Exemplar: Sendable {
    package let time: Int64
    package let value: Double?
    package let traceID: TraceID?
    package let spanID: SpanID?
    /// Index of the line.
    package let line: Int
    package let attributes: [Attribute]
  }

  package static let limit = 200

  package let exemplars: [Exemplar]

  package init(_ series: [SeriesPoints], lines: [MetricTable.Line], range: TimeRange) {
    var found: [Exemplar] = []
    for (line, entry) in lines.enumerated() {
      for member in entry.members where member < series.count {
        guard let table = series[member].points?.child(.exemplar) else { continue }
        for row in 0..<table.rowCount {
          let exemplar = ExemplarTable.exemplar(table, row, line: line)
          if range.contains(exemplar.time) { found.append(exemplar) }
        }
      }
    }
    found.sort { $0.time > $1.time }
    exemplars = Array(found.prefix(ExemplarTable.limit))
  }

  private static func exemplar(_ table: ChildTable, _ row: Int, line: Int) -> Exemplar {
    var time: Int64 = 0
    var value: Double?
    var trace: TraceID?
    var span: SpanID?
    var attributes: [Attribute] = []
    for column in table.columns {
      guard let index = column.index(ofRow: row) else { continue }
      if column.key.scope != .intrinsic {
        attributes.append(Attribute(column.key.name, column.value(at: index)))
        continue
      }
      switch (column.key.name, column.values) {
      case (Field.time.key, .int64(let numbers)): time = numbers[index]
      case (Field.value.key, .int64(let numbers)): value = Double(numbers[index])
      case (Field.value.key, .double(let numbers)): value = numbers[index]
      case (Field.traceID.key, .traceIDs(let ids)): trace = ids[index].isZero ? nil : ids[index]
      case (Field.spanID.key, .spanIDs(let ids)): span = ids[index].isZero ? nil : ids[index]
      default: continue
      }
    }
    return Exemplar(time: time, value: value, traceID: trace, spanID: span, line: line, attributes: attributes)
  }
}

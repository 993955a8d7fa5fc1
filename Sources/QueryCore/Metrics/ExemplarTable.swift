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

  package init(_ answer: SeriesAnswer, lines: [MetricTable.Line], range: TimeRange) {
    guard let table = answer.points?.child(.exemplar) else {
      exemplars = []
      return
    }
    var times = [Int64](repeating: 0, count: table.rowCount)
    if let column = table.column(ColumnKey(Field.time, .int)), case .int64(let numbers) = column.values {
      for (index, number) in numbers.enumerated() { times[column.rows.map { Int($0[index]) } ?? index] = number }
    }
    var found: [(time: Int64, row: Int, line: Int)] = []
    for (line, entry) in lines.enumerated() {
      for member in entry.members where member < answer.series.count {
        let points = answer.series[member].rows
        let first = table.children(ofRow: points.lowerBound).lowerBound
        let end = table.children(ofRow: points.upperBound).lowerBound
        for row in first..<end where range.contains(times[row]) { found.append((times[row], row, line)) }
      }
    }
    found.sort { ($1.time, $0.line, $0.row) < ($0.time, $1.line, $1.row) }
    exemplars = found.prefix(ExemplarTable.limit).map { ExemplarTable.exemplar(table, $0.row, line: $0.line) }
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

@testable import TelemetryModel

/// Columns of every type and shape.
enum ColumnCases {
  static func columns(rowCount: Int, _ random: inout SeededGenerator) -> [Column] {
    var columns: [Column] = []
    for (number, share) in [1.0, 0.5, 0.03, 0.0005].enumerated() {
      let rows =
        share == 1 ? nil : (0..<UInt32(rowCount)).filter { _ in Double.random(in: 0..<1, using: &random) < share }
      let count = rows?.count ?? rowCount
      if count == 0 { continue }
      let name = "column-\(number)"
      func add(_ type: ValueType, _ values: ColumnValues) {
        columns.append(Column(ColumnKey(.record, "\(name)-\(columns.count)", type), rows: rows, values: values))
      }
      add(.int, .int64((0..<count).map { _ in Int64.random(in: -1000...1000, using: &random) }))
      add(.bool, .int64((0..<count).map { _ in Int64.random(in: 0...1, using: &random) }))
      add(
        .double,
        .double(
          (0..<count).map { index in
            [0.1, -0.0, .infinity, .nan, Double(bitPattern: 0x7ff8_0000_dead_beef), Double(index)][index % 6]
          }))
      add(.traceID, .traceIDs((0..<count).map { TraceID(high: UInt64($0 / 3), low: random.next()) }))
      add(.spanID, .spanIDs((0..<count).map { SpanID(UInt64($0 / 5)) }))
      add(.string, .bytes(BytesColumn((0..<count).map { "value \($0 % 9)" })))
      add(.string, .bytes(BytesColumn((0..<count).map { "request \($0) took \(random.next() % 1000) ms" })))
      add(.string, .bytes(BytesColumn((0..<count).map { $0 % 2 == 0 ? "" : "x" })))
      add(.string, .bytes(BytesColumn((0..<count).map { String(repeating: "long ", count: $0 % 400) })))
      add(
        .bytes,
        .dictionary(
          codes: (0..<count).map { _ in UInt32.random(in: 0..<40, using: &random) },
          distinct: BytesColumn((0..<50).map { "d\($0 / 2)" })))
      add(
        .string, .dictionary(codes: (0..<count).map { UInt32($0) }, distinct: BytesColumn((0..<count).map { "\($0)" })))
      add(
        .string, .dictionary(codes: [UInt32](repeating: 3, count: count), distinct: BytesColumn(["a", "b", "c", "d"])))
      add(.empty, .bytes(BytesColumn([String](repeating: "", count: count))))
    }
    return columns
  }

  /// Exact text of a value, NaN payloads included.
  static func text(_ value: AttributeValue) -> String {
    if case .double(let number) = value { return "double \(number.bitPattern)" }
    return "\(value)"
  }
}

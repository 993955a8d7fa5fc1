package import TelemetryModel

/// Seeded batches of all three signals with every value type, sparse columns and children, and the text of a row by
/// which batches are compared.
package struct BatchFixtures: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }

  private mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

  package mutating func batch(_ signal: Signal, rowCount: Int) -> RecordBatch {
    var columns = [Column(ColumnKey(Field.time, .int), values: times(rowCount))]
    columns += attributes(rowCount, .record)
    switch signal {
    case .logs: columns += logColumns(rowCount)
    case .spans: columns += spanColumns(rowCount)
    case .metrics: columns.append(sparse(ColumnKey(Field.value, .double), rowCount, 0.5) { $0.doubles($1) })
    }
    let resources = (0..<3).map { resource($0) }
    let scopes = (0..<2).map { InstrumentationScope(name: "library-\($0)", version: "1.0") }
    if signal == .metrics {
      let series = (0..<40).map { self.series($0, resources, scopes) }
      return RecordBatch(
        signal: signal, rowCount: rowCount, columns: columns, series: series, seriesCodes: codes(rowCount, below: 37),
        children: [children(.exemplar, rowCount, .record)])
    }
    let resourceCodes = codes(rowCount, below: 3)
    let scopeCodes = codes(rowCount, below: 2)
    var children: [ChildTable] = []
    if signal == .spans {
      children = [self.children(.event, rowCount, .event), self.children(.link, rowCount, .link)]
    }
    return RecordBatch(
      signal: signal, rowCount: rowCount, columns: columns, resources: resources, resourceCodes: resourceCodes,
      scopes: scopes, scopeCodes: scopeCodes, children: children)
  }

  private mutating func times(_ rowCount: Int) -> ColumnValues {
    let start: Int64 = 1_700_000_000_000_000_000
    var times: [Int64] = []
    for row in 0..<rowCount { times.append(start + Int64(row) * 1_000_003 + Int64(below(9_000_000))) }
    return .int64(times)
  }

  private func resource(_ number: Int) -> Resource {
    let attributes = [
      Attribute("service.name", .string("service-\(number)")), Attribute("host.id", .int(Int64(number))),
    ]
    return Resource(attributes: AttributeSet(attributes), schemaURL: "https://example.org/schema")
  }

  private func series(_ number: Int, _ resources: [Resource], _ scopes: [InstrumentationScope]) -> Series {
    Series(
      resource: resources[number % 3], scope: scopes[number % 2], name: "metric.\(number / 4)", unit: "s",
      description: "what it is", kind: .histogram, temporality: .cumulative, isMonotonic: number % 2 == 0,
      attributes: AttributeSet([Attribute("code", .int(Int64(number)))]), bounds: [0.5, 1, Double(number)])
  }

  private mutating func logColumns(_ rowCount: Int) -> [Column] {
    var bodies = BytesColumn()
    for _ in 0..<rowCount { bodies.append("request \(below(1000)) done in \(below(90)) ms".utf8) }
    return [
      Column(ColumnKey(Field.body, .string), values: .bytes(bodies)),
      sparse(ColumnKey(Field.traceID, .traceID), rowCount, 0.4) { $0.traces($1) },
      sparse(ColumnKey(Field.severity, .int), rowCount, 0.9) { $0.integers($1, below: 24) },
    ].filter { $0.values.count > 0 }
  }

  private mutating func spanColumns(_ rowCount: Int) -> [Column] {
    var ids: [SpanID] = []
    for _ in 0..<rowCount { ids.append(SpanID(next())) }
    let names = BytesColumn(["a", "b", "GET /", "never", "SELECT"])
    return [
      Column(ColumnKey(Field.traceID, .traceID), values: traces(rowCount)),
      Column(ColumnKey(Field.spanID, .spanID), values: .spanIDs(ids)),
      Column(ColumnKey(Field.name, .string), values: .dictionary(codes: codes(rowCount, below: 5), distinct: names)),
      Column(ColumnKey(Field.duration, .int), values: integers(rowCount, below: 1_000_000_000)),
    ]
  }

  private mutating func children(_ kind: ChildKind, _ rowCount: Int, _ scope: FieldScope) -> ChildTable {
    var parents: [UInt32] = []
    for row in 0..<rowCount where below(4) == 0 {
      parents += [UInt32](repeating: UInt32(row), count: below(3) + 1)
    }
    let times = Column(ColumnKey(Field.time, .int), values: .int64(parents.map { Int64($0) * 7 }))
    return ChildTable(kind: kind, parentRows: parents, columns: [times] + attributes(parents.count, scope))
  }

  private mutating func attributes(_ rowCount: Int, _ scope: FieldScope) -> [Column] {
    var columns: [Column] = []
    columns.append(sparse(ColumnKey(scope, "http.status", .int), rowCount, 0.6) { $0.integers($1, below: 300) })
    columns.append(sparse(ColumnKey(scope, "http.status", .string), rowCount, 0.1) { $0.texts($1, below: 600) })
    columns.append(sparse(ColumnKey(scope, "ok", .bool), rowCount, 0.3) { $0.integers($1, below: 2) })
    columns.append(sparse(ColumnKey(scope, "ratio", .double), rowCount, 0.3) { $0.doubles($1) })
    columns.append(sparse(ColumnKey(scope, "list", .array), rowCount, 0.02) { $0.arrays($1) })
    columns.append(
      sparse(ColumnKey(scope, "nothing", .empty), rowCount, 0.05) {
        .bytes(BytesColumn([String](repeating: "", count: $1)))
      })
    columns.append(
      sparse(ColumnKey(scope, "raw", .bytes), rowCount, 0.2) { generator, count in
        .dictionary(codes: generator.codes(count, below: 3), distinct: BytesColumn(["", "b", "c", "unused"]))
      })
    return columns.filter { $0.values.count > 0 }
  }

  private mutating func codes(_ count: Int, below limit: Int) -> [UInt32] {
    var codes: [UInt32] = []
    for _ in 0..<count { codes.append(UInt32(below(limit))) }
    return codes
  }

  private mutating func integers(_ count: Int, below limit: Int) -> ColumnValues {
    var values: [Int64] = []
    for _ in 0..<count { values.append(Int64(below(limit))) }
    return .int64(values)
  }

  private mutating func doubles(_ count: Int) -> ColumnValues {
    var values: [Double] = []
    for _ in 0..<count { values.append(Double(bitPattern: next())) }
    return .double(values)
  }

  private mutating func texts(_ count: Int, below limit: Int) -> ColumnValues {
    var values = BytesColumn()
    for _ in 0..<count { values.append("\(below(limit))".utf8) }
    return .bytes(values)
  }

  private mutating func arrays(_ count: Int) -> ColumnValues {
    var values = BytesColumn()
    for _ in 0..<count { values.append(ValueEncoding.encode(.array([.int(Int64(below(9))), .string("x")]))) }
    return .bytes(values)
  }

  /// Ids of which about seven rows share one.
  private mutating func traces(_ count: Int) -> ColumnValues {
    var ids: [TraceID] = []
    for _ in 0..<count {
      let number = UInt64(below(max(1, count / 7)))
      ids.append(TraceID(high: number &* 0x9e37_79b9_7f4a_7c15 | 1, low: number &* 0xd1b5_4a32_d192_ed03))
    }
    return .traceIDs(ids)
  }

  private mutating func sparse(
    _ key: ColumnKey, _ rowCount: Int, _ share: Double, _ values: (inout BatchFixtures, Int) -> ColumnValues
  ) -> Column {
    let rows = (0..<UInt32(rowCount)).filter { _ in Double.random(in: 0..<1, using: &self) < share }
    return Column(key, rows: rows.count == rowCount ? nil : rows, values: values(&self, rows.count))
  }

  /// Everything that row `row` holds, in a canonical text.
  package static func text(_ batch: RecordBatch, row: Int) -> String {
    var parts = texts(batch.columns, row: row)
    parts.append("resource \(batch.resource(ofRow: row).map { "\(text($0.attributes)) \($0.schemaURL)" } ?? "")")
    parts.append("scope \(batch.scope(ofRow: row).map { "\($0.name) \($0.version)" } ?? "")")
    if batch.signal == .metrics, row < batch.seriesCodes.count {
      let series = batch.series[Int(batch.seriesCodes[row])]
      parts.append("series \(series.name) \(series.unit) \(series.description) \(series.kind)")
      parts.append("\(series.temporality) \(series.isMonotonic) \(text(series.attributes)) \(series.bounds)")
    }
    for child in batch.children.sorted(by: { $0.kind.rawValue < $1.kind.rawValue }) {
      for index in child.children(ofRow: row) {
        parts.append("\(child.kind) " + texts(child.columns, row: index).joined(separator: ","))
      }
    }
    return parts.joined(separator: "\n")
  }

  private static func text(_ attributes: AttributeSet) -> String { String(decoding: attributes.encoded, as: UTF8.self) }

  private static func texts(_ columns: [Column], row: Int) -> [String] {
    columns.compactMap { column in
      column.value(atRow: row).map { value in
        let text = if case .double(let number) = value { "\(number.bitPattern)" } else { "\(value)" }
        return "\(column.key.scope) \(column.key.name) \(column.key.type): \(text)"
      }
    }.sorted()
  }
}

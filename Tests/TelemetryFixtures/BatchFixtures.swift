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
    let start: Int64 = 1_700_000_000_000_000_000
    var times: [Int64] = []
    for row in 0..<rowCount { times.append(start + Int64(row) * 1_000_003 + Int64(below(9_000_000))) }
    var columns = [Column(ColumnKey(Field.time, .int), values: .int64(times))]
    let traces = (0..<max(1, rowCount / 7)).map { _ in TraceID(high: next(), low: next()) }
    let resources: [Resource] = (0..<3).map { number in
      let attributes = [Attribute("service.name", .string("service-\(number)")), Attribute("host.id", .int(Int64(below(4))))]
      return Resource(attributes: AttributeSet(attributes), schemaURL: "https://example.org/schema")
    }
    let scopes: [InstrumentationScope] = (0..<2).map { number in
      InstrumentationScope(name: "library-\(number)", version: "1.\(below(2))")
    }
    columns += attributes(rowCount, .record)
    switch signal {
    case .logs:
      columns.append(Column(ColumnKey(Field.body, .string), values: .bytes(BytesColumn((0..<rowCount).map { _ in "request \(below(1000)) done in \(below(90)) ms" }))))
      columns.append(sparse(ColumnKey(Field.traceID, .traceID), rowCount, 0.4) { generator, count in .traceIDs((0..<count).map { _ in traces[generator.below(traces.count)] }) })
      columns.append(sparse(ColumnKey(Field.severity, .int), rowCount, 0.9) { generator, count in .int64((0..<count).map { _ in Int64(generator.below(24) + 1) }) })
    case .spans:
      columns.append(Column(ColumnKey(Field.traceID, .traceID), values: .traceIDs((0..<rowCount).map { _ in traces[below(traces.count)] })))
      columns.append(Column(ColumnKey(Field.spanID, .spanID), values: .spanIDs((0..<rowCount).map { _ in SpanID(next()) })))
      columns.append(Column(ColumnKey(Field.name, .string), values: .dictionary(codes: (0..<rowCount).map { _ in UInt32(below(5)) }, distinct: BytesColumn(["a", "b", "GET /", "never", "SELECT"]))))
      columns.append(Column(ColumnKey(Field.duration, .int), values: .int64((0..<rowCount).map { _ in Int64(below(1_000_000_000)) - 5 })))
    case .metrics:
      let series = (0..<40).map { index in
        Series(
          resource: resources[index % 3], scope: scopes[index % 2], name: "metric.\(index / 4)", unit: "s",
          description: "what it is", kind: .histogram, temporality: .cumulative, isMonotonic: index % 2 == 0,
          attributes: AttributeSet([Attribute("code", .int(Int64(index)))]), bounds: [0.5, 1, Double(index)])
      }
      columns.append(sparse(ColumnKey(Field.value, .double), rowCount, 0.5) { generator, count in .double((0..<count).map { _ in Double(bitPattern: generator.next()) }) })
      return RecordBatch(
        signal: signal, rowCount: rowCount, columns: columns, series: series,
        seriesCodes: (0..<rowCount).map { _ in UInt32(below(37)) }, children: [children(.exemplar, rowCount, .record)])
    }
    return RecordBatch(
      signal: signal, rowCount: rowCount, columns: columns, resources: resources,
      resourceCodes: (0..<rowCount).map { _ in UInt32(below(3)) }, scopes: scopes,
      scopeCodes: (0..<rowCount).map { _ in UInt32(below(2)) },
      children: signal == .spans ? [children(.event, rowCount, .event), children(.link, rowCount, .link)] : [])
  }

  private mutating func children(_ kind: ChildKind, _ rowCount: Int, _ scope: FieldScope) -> ChildTable {
    var parents: [UInt32] = []
    for row in 0..<rowCount where below(4) == 0 { parents += [UInt32](repeating: UInt32(row), count: below(3) + 1) }
    if parents.isEmpty { parents = [0] }
    let times = Column(ColumnKey(Field.time, .int), values: .int64(parents.map { Int64($0) * 7 }))
    return ChildTable(kind: kind, parentRows: parents, columns: [times] + attributes(parents.count, scope))
  }

  private mutating func attributes(_ rowCount: Int, _ scope: FieldScope) -> [Column] {
    [
      sparse(ColumnKey(scope, "http.status", .int), rowCount, 0.6) { generator, count in .int64((0..<count).map { _ in Int64(200 + generator.below(300)) }) },
      sparse(ColumnKey(scope, "http.status", .string), rowCount, 0.1) { generator, count in .bytes(BytesColumn((0..<count).map { _ in "\(generator.below(600))" })) },
      sparse(ColumnKey(scope, "ok", .bool), rowCount, 0.3) { generator, count in .int64((0..<count).map { _ in Int64(generator.below(2)) }) },
      sparse(ColumnKey(scope, "ratio", .double), rowCount, 0.3) { generator, count in .double((0..<count).map { _ in Double(bitPattern: generator.next()) }) },
      sparse(ColumnKey(scope, "list", .array), rowCount, 0.02) { generator, count in
        var values = BytesColumn()
        for _ in 0..<count { values.append(ValueEncoding.encode(.array([.int(Int64(generator.below(9))), .string("x")]))) }
        return .bytes(values)
      },
      sparse(ColumnKey(scope, "nothing", .empty), rowCount, 0.05) { _, count in .bytes(BytesColumn([String](repeating: "", count: count))) },
      sparse(ColumnKey(scope, "raw", .bytes), rowCount, 0.2) { generator, count in
        .dictionary(codes: (0..<count).map { _ in UInt32(generator.below(3)) }, distinct: BytesColumn(["\u{0}", "b", "c", "unused"]))
      },
    ].filter { $0.values.count > 0 }
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
    parts.append("resource \(batch.resource(ofRow: row).map { "\($0.attributes.encoded) \($0.schemaURL)" } ?? "")")
    parts.append("scope \(batch.scope(ofRow: row).map { "\($0.name) \($0.version)" } ?? "")")
    if batch.signal == .metrics, row < batch.seriesCodes.count {
      let series = batch.series[Int(batch.seriesCodes[row])]
      parts.append("series \(series.name) \(series.unit) \(series.description) \(series.kind) \(series.temporality) \(series.isMonotonic) \(series.attributes.encoded) \(series.bounds)")
    }
    for child in batch.children.sorted(by: { $0.kind.rawValue < $1.kind.rawValue }) {
      for index in child.children(ofRow: row) { parts.append("\(child.kind) " + texts(child.columns, row: index).joined(separator: ",")) }
    }
    return parts.joined(separator: "\n")
  }

  private static func texts(_ columns: [Column], row: Int) -> [String] {
    columns.compactMap { column in
      column.value(atRow: row).map { value in
        let text = if case .double(let number) = value { "\(number.bitPattern)" } else { "\(value)" }
        return "\(column.key.scope) \(column.key.name) \(column.key.type): \(text)"
      }
    }.sorted()
  }
}

import TelemetryModel
import TelemetryStorage

/// Small random batches with every kind of column, split at random into blocks.
struct RandomTelemetry {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  static let texts = [
    "timeout while reading", "Timeout", "read_time out", "connection reset by peer", "GET /cart/42", "über-größe ok",
    "",
    "time", "out", "error: timeout; retry timeout_ms=5", "[42] done", "peer",
  ]
  static let idKey = "row.id"
  static let traces = (1...6).map { TraceID(high: UInt64($0) << 32, low: UInt64($0)) }

  mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &generator)] }
  mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < share }

  mutating func batch(_ signal: Signal, rowCount: Int) -> RecordBatch {
    var columns: [Column] = [
      Column(ColumnKey(Field.time, .int), values: .int64(numbers(rowCount, 0...1000)))
    ]
    var children: [ChildTable] = []
    func id(_ name: FieldReference, _ type: ValueType) -> ColumnKey { ColumnKey(name, type) }
    switch signal {
    case .logs:
      let kinds = (0..<rowCount).map { _ in Int.random(in: 0..<6, using: &generator) }
      columns += strings(id(Field.body, .string), rowsWhere(kinds) { $0 < 4 })
      columns += structured(id(Field.body, .map), rowsWhere(kinds) { $0 == 4 })
      columns += integers(id(Field.severity, .int), sparse(rowCount, 0.8), 1...24)
      columns += traceColumn(rowCount)
    case .spans:
      columns += strings(id(Field.name, .string), Array(0..<UInt32(rowCount)))
      columns += integers(id(Field.duration, .int), Array(0..<UInt32(rowCount)), -5...100_000)
      columns += integers(id(Field.status, .int), sparse(rowCount, 0.3), 1...2)
      columns += integers(id(Field.kind, .int), Array(0..<UInt32(rowCount)), 1...5)
      columns += traceColumn(rowCount)
      columns.append(
        Column(id(Field.spanID, .spanID), values: .spanIDs((0..<rowCount).map { SpanID(UInt64($0 + 1)) })))
      children.append(events(rowCount))
    case .metrics:
      let kinds = (0..<rowCount).map { _ in Int.random(in: 0..<5, using: &generator) }
      columns += integers(id(Field.value, .int), rowsWhere(kinds) { $0 < 2 }, -3...50)
      columns += doubles(id(Field.value, .double), rowsWhere(kinds) { $0 > 2 })
      children.append(exemplars(rowCount))
    }
    if signal != .metrics { columns += attributes(rowCount) }
    columns.append(
      Column(ColumnKey(.intrinsic, RandomTelemetry.idKey, .int), values: .int64((0..<rowCount).map { Int64($0) })))
    columns = columns.filter { $0.values.count > 0 }
    let resources = (0..<pick([1, 3, 20])).map { resource($0) }
    let scopes = (0..<3).map { number in
      InstrumentationScope(
        name: number == 0 ? "" : "lib\(number)", version: number == 2 ? "1.2" : "",
        attributes: AttributeSet(number == 1 ? [Attribute("region", .string("scope"))] : []))
    }
    if signal == .metrics {
      let series = (0..<12).map { number in
        Series(
          resource: pick(resources), scope: pick(scopes), name: "metric.\(number % 4)",
          unit: number % 3 == 0 ? "" : "ms",
          description: "", kind: .gauge, temporality: .unspecified, isMonotonic: false,
          attributes: AttributeSet([
            Attribute("core", .int(Int64(number))), Attribute("region", .string("eu\(number % 2)")),
          ]))
      }
      return RecordBatch(
        signal: signal, rowCount: rowCount, columns: columns, series: series,
        seriesCodes: codes(rowCount, series.count),
        children: children)
    }
    return RecordBatch(
      signal: signal, rowCount: rowCount, columns: columns, resources: resources,
      resourceCodes: codes(rowCount, resources.count), scopes: scopes, scopeCodes: codes(rowCount, scopes.count),
      children: children)
  }

  /// The batch cut into blocks: rows dealt at random or in runs of time.
  mutating func blocks(_ batch: RecordBatch) -> [TestBlock] {
    let count = Int.random(in: 1...9, using: &generator)
    let isByTime = chance(0.5)
    let times = batch.times
    var rows = [[UInt32]](repeating: [], count: count)
    for row in 0..<batch.rowCount {
      let block = isByTime ? Int(times[row]) * count / 1001 : Int.random(in: 0..<count, using: &generator)
      rows[min(block, count - 1)].append(UInt32(row))
    }
    var blocks: [TestBlock] = []
    for rows in rows where !rows.isEmpty {
      let rows = chance(0.5) ? rows : rows.sorted { times[Int($0)] < times[Int($1)] }
      var part = withDictionaries(batch.gathered(rows))
      if chance(0.5) { part = part.gathered(part.storageOrder()) }
      blocks.append(
        TestBlock(part, knowsBounds: chance(0.7), hasFilter: chance(0.7), hasSeriesColumns: chance(0.5)))
    }
    blocks.shuffle(using: &generator)
    return blocks
  }

  private mutating func withDictionaries(_ batch: RecordBatch) -> RecordBatch {
    batch.replacingColumns(
      batch.columns.map { column in
        guard case .bytes(let values) = column.values, chance(0.5) else { return column }
        var distinct = BytesColumn(["unused"])
        var known: [[UInt8]: UInt32] = [:]
        let codes = (0..<values.count).map { index -> UInt32 in
          let value = Array(values[index])
          if let code = known[value] { return code }
          distinct.append(value)
          known[value] = UInt32(distinct.count - 1)
          return UInt32(distinct.count - 1)
        }
        return Column(column.key, rows: column.rows, values: .dictionary(codes: codes, distinct: distinct))
      })
  }

  private mutating func resource(_ number: Int) -> Resource {
    var attributes = [
      Attribute("service.name", .string("service\(number % 4)")), Attribute("shard", .int(Int64(number))),
    ]
    if number % 3 != 0 { attributes.append(Attribute("region", .string(number % 2 == 0 ? "eu0" : "resource"))) }
    return Resource(attributes: AttributeSet(attributes))
  }

  private mutating func attributes(_ rowCount: Int) -> [Column] {
    let kinds = (0..<rowCount).map { _ in Int.random(in: 0..<8, using: &generator) }
    func key(_ name: String, _ type: ValueType) -> ColumnKey { ColumnKey(.record, name, type) }
    var columns: [Column] = []
    // One key with three types, never two on one row.
    columns += integers(key("code", .int), rowsWhere(kinds) { $0 < 3 }, 0...9)
    columns += doubles(key("code", .double), rowsWhere(kinds) { $0 == 3 })
    columns += strings(key("code", .string), rowsWhere(kinds) { $0 == 4 })
    columns += integers(key("flag", .bool), sparse(rowCount, 0.5), 0...1)
    columns += strings(key("region", .string), sparse(rowCount, 0.4))
    columns += structured(key("tags", .array), sparse(rowCount, 0.2))
    columns += strings(key("blob", .bytes), sparse(rowCount, 0.2))
    columns += strings(key("note", .string), chance(0.5) ? Array(0..<UInt32(rowCount)) : sparse(rowCount, 0.6))
    return columns
  }

  private mutating func events(_ rowCount: Int) -> ChildTable {
    let parents = sparse(rowCount, 0.5).flatMap { [UInt32](repeating: $0, count: Int($0) % 3 + 1) }
    let all = Array(0..<UInt32(parents.count))
    var columns = strings(ColumnKey(.event, "exception.type", .string), all.filter { $0 % 3 != 0 })
    columns += strings(ColumnKey(.intrinsic, "name", .string), all)
    return ChildTable(kind: .event, parentRows: parents, columns: columns.filter { $0.values.count > 0 })
  }

  private mutating func exemplars(_ rowCount: Int) -> ChildTable {
    let parents = sparse(rowCount, 0.3)
    let columns = doubles(ColumnKey(Field.value, .double), Array(0..<UInt32(parents.count)))
    return ChildTable(kind: .exemplar, parentRows: parents, columns: columns.filter { $0.values.count > 0 })
  }

  private mutating func traceColumn(_ rowCount: Int) -> [Column] {
    let rows = sparse(rowCount, 0.7)
    return [
      Column(
        ColumnKey(Field.traceID, .traceID), rows: rows,
        values: .traceIDs(rows.map { _ in pick(RandomTelemetry.traces) }))
    ]
  }

  private mutating func numbers(_ count: Int, _ range: ClosedRange<Int64>) -> [Int64] {
    (0..<count).map { _ in Int64.random(in: range, using: &generator) }
  }

  private mutating func codes(_ count: Int, _ tableCount: Int) -> [UInt32] {
    (0..<count).map { _ in UInt32.random(in: 0..<UInt32(tableCount), using: &generator) }
  }

  private mutating func sparse(_ rowCount: Int, _ share: Double) -> [UInt32] {
    (0..<UInt32(rowCount)).filter { _ in chance(share) }
  }

  private func rowsWhere(_ kinds: [Int], _ isChosen: (Int) -> Bool) -> [UInt32] {
    kinds.indices.filter { isChosen(kinds[$0]) }.map { UInt32($0) }
  }

  private mutating func integers(_ key: ColumnKey, _ rows: [UInt32], _ range: ClosedRange<Int64>) -> [Column] {
    [Column(key, rows: rows, values: .int64(numbers(rows.count, range)))]
  }

  private mutating func doubles(_ key: ColumnKey, _ rows: [UInt32]) -> [Column] {
    [Column(key, rows: rows, values: .double(rows.map { _ in pick([0.5, 1, 2.25, 7, -1.5, 0, 1000]) }))]
  }

  private mutating func strings(_ key: ColumnKey, _ rows: [UInt32]) -> [Column] {
    [Column(key, rows: rows, values: .bytes(BytesColumn(rows.map { _ in pick(RandomTelemetry.texts) })))]
  }

  private mutating func structured(_ key: ColumnKey, _ rows: [UInt32]) -> [Column] {
    var values = BytesColumn()
    for _ in rows {
      let text = AttributeValue.string(pick(RandomTelemetry.texts))
      let value: AttributeValue =
        key.type == .array ? .array([text, .int(5)]) : .map([Attribute("a", text), Attribute("b", .bool(true))])
      values.append(ValueEncoding.encode(value))
    }
    return [Column(key, rows: rows, values: .bytes(values))]
  }
}

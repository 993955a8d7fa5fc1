import Synchronization
package import TelemetryModel
package import TelemetryStore

/// A store that keeps batches in memory and answers by looking at every row: the oracle of tests.
package final class NaiveStore: TelemetryStore {
  private let batches: Mutex<[RecordBatch]>
  /// Called before every event of a scan and before every aggregate; tests hold queries back with it.
  package let hold: @Sendable () async throws -> Void

  package init(_ batches: [RecordBatch] = [], hold: @escaping @Sendable () async throws -> Void = {}) {
    self.batches = Mutex(batches)
    self.hold = hold
  }

  package var capabilities: StoreCapabilities { .regularExpressions }
  package var shardCount: Int { 1 }

  package func append(_ batches: [IngestBatch], shard: Int) throws(StoreFailure) {
    self.batches.withLock { $0 += batches.map(\.batch) }
  }

  private struct Row {
    let batch: RecordBatch
    let row: Int
    let time: Int64
    var reader: RowReader { RowReader(batch, row) }
  }

  private func rows(_ signal: Signal, _ range: TimeRange, _ predicate: Predicate) -> [Row] {
    batches.withLock { $0 }.filter { $0.signal == signal }.flatMap { batch in
      let times = batch.times
      return (0..<batch.rowCount).compactMap { row in
        let found = Row(batch: batch, row: row, time: times[row])
        return range.contains(times[row]) && found.reader.matches(predicate) ? found : nil
      }
    }
  }

  private func statistics(_ rows: [Row]) -> QueryStatistics {
    var statistics = QueryStatistics()
    statistics.blocksTotal = batches.withLock { $0.count }
    statistics.blocksRead = statistics.blocksTotal
    statistics.rowsMatched = rows.count
    return statistics
  }

  /// One row as a batch of its own.
  private static func single(_ row: Row) -> RecordBatch {
    let batch = row.batch
    func pick(_ columns: [Column], _ index: Int) -> [Column] {
      columns.compactMap { column in
        column.index(ofRow: index).map { Column(column.key, values: slice(column.values, $0)) }
      }
    }
    let children = batch.children.map { table in
      let range = table.children(ofRow: row.row)
      let columns = table.columns.map { column -> Column in
        let present = range.compactMap { child in
          column.index(ofRow: child).map { (UInt32(child - range.lowerBound), $0) }
        }
        return Column(column.key, rows: present.map(\.0), values: gather(column.values, present.map(\.1)))
      }
      return ChildTable(kind: table.kind, parentRows: range.map { _ in 0 }, columns: columns)
    }
    func code(_ codes: [UInt32]) -> [UInt32] { row.row < codes.count ? [codes[row.row]] : [] }
    return RecordBatch(
      signal: batch.signal, rowCount: 1, columns: pick(batch.columns, row.row), resources: batch.resources,
      resourceCodes: code(batch.resourceCodes), scopes: batch.scopes, scopeCodes: code(batch.scopeCodes),
      series: batch.series,
      seriesCodes: code(batch.seriesCodes), children: children)
  }

  private static func slice(_ values: ColumnValues, _ index: Int) -> ColumnValues { gather(values, [index]) }

  private static func gather(_ values: ColumnValues, _ indices: [Int]) -> ColumnValues {
    switch values {
    case .int64(let numbers): return .int64(indices.map { numbers[$0] })
    case .double(let numbers): return .double(indices.map { numbers[$0] })
    case .traceIDs(let ids): return .traceIDs(indices.map { ids[$0] })
    case .spanIDs(let ids): return .spanIDs(indices.map { ids[$0] })
    case .bytes(let column):
      var result = BytesColumn()
      for index in indices { result.append(column[index]) }
      return .bytes(result)
    case .dictionary(let codes, let distinct):
      var result = BytesColumn()
      for index in indices { result.append(distinct[Int(codes[index])]) }
      return .bytes(result)
    }
  }

  package func validate(_ predicate: Predicate) throws(StoreFailure) {}

  package func scan(_ request: ScanRequest) async throws(StoreFailure) -> ScanStream {
    var rows = rows(request.signal, request.timeRange, request.predicate)
    switch request.order {
    case .newestFirst: rows.sort { $0.time > $1.time }
    case .oldestFirst: rows.sort { $0.time < $1.time }
    case .stored: break
    }
    if let limit = request.rowLimit { rows = Array(rows.prefix(limit)) }
    let statistics = statistics(rows)
    let position = Mutex(0)
    let found = rows
    let hold = hold
    return ScanStream(
      next: { () async throws(StoreFailure) in
        do { try await hold() } catch { throw .cancelled }
        let index = position.withLock { position in
          defer { position += 1 }
          return position
        }
        return index < found.count ? .rows(NaiveStore.single(found[index])) : nil
      }, statistics: { statistics })
  }

  package func aggregate(
    _ request: AggregateRequest, progress: (@Sendable (QueryStatistics) -> Void)?
  ) async throws(StoreFailure) -> PartialAggregates {
    do { try await hold() } catch { throw .cancelled }
    let rows = rows(request.signal, request.timeRange, request.predicate)
    var answer = PartialAggregates(statistics: statistics(rows))
    for row in rows {
      let reader = row.reader
      var bucket: Int64 = 0
      if let time = request.timeBucket {
        bucket = Int64((Double(row.time - time.origin) / Double(time.width)).rounded(.down))
      }
      var valueBucket: Int64 = 0
      if let value = request.valueBucket {
        let number = NaiveStore.number(reader.value(value.field)) ?? 0
        valueBucket = number > 0 ? Int64((logarithm(number) / logarithm(value.base)).rounded(.down)) : .min
      }
      let key = GroupKey(values: request.groupBy.map { reader.value($0) }, timeBucket: bucket, valueBucket: valueBucket)
      let states = request.aggregates.map { NaiveStore.state($0, reader, time: row.time) }
      answer.groups[key] = answer.groups[key].map { zip($0, states).map { $0.merged(with: $1) } } ?? states
    }
    if let leading = request.leadingGroups { NaiveStore.cut(&answer, to: leading.count) }
    progress?(answer.statistics)
    return answer
  }

  /// Leaves the groups with the greatest counts, and those that equal the least of them.
  private static func cut(_ answer: inout PartialAggregates, to count: Int) {
    func size(_ states: [PartialState]) -> UInt64 { if case .count(let rows)? = states.first { rows } else { 0 } }
    let sizes = answer.groups.values.map(size).sorted(by: >)
    guard count > 0, sizes.count > count else { return }
    answer.groups = answer.groups.filter { size($0.value) >= sizes[count - 1] }
    answer.omittedGroupCount = sizes.count - answer.groups.count
  }

  private static func number(_ value: AttributeValue?) -> Double? {
    switch value {
    case .int(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }

  private static func state(_ aggregate: Aggregate, _ reader: RowReader, time: Int64) -> PartialState {
    let isIn = aggregate.filter.map(reader.matches) ?? true
    let value = isIn ? aggregate.field.flatMap { reader.value($0) } : nil
    switch aggregate.function {
    case .count: return .count(isIn && (aggregate.field == nil || value != nil) ? 1 : 0)
    case .sum: return number(value).map { .sum(total: $0, count: 1) } ?? .sum(total: 0, count: 0)
    case .minimum: return .minimum(value)
    case .maximum: return .maximum(value)
    case .distinct:
      var state = DistinctState()
      if let value { state.insert(value) }
      return .distinct(state)
    case .histogram:
      var state = HistogramState()
      if let number = number(value) { state.add(number) }
      return .histogram(state)
    case .first: return .first(time: time, value: value)
    case .last: return .last(time: time, value: value)
    }
  }

  package func series(_ request: SeriesRequest) async throws(StoreFailure) -> SeriesAnswer {
    let rows = rows(.metrics, request.timeRange, request.predicate).filter { row in
      request.filter?(row.batch.series[Int(row.batch.seriesCodes[row.row])]) ?? true
    }.sorted { $0.time < $1.time }
    var order: [Series] = []
    var found: [Series: [Row]] = [:]
    for row in rows {
      let series = row.batch.series[Int(row.batch.seriesCodes[row.row])]
      if found[series] == nil { order.append(series) }
      found[series, default: []].append(row)
    }
    var batches: [RecordBatch] = []
    var count = 0
    let answer = order.prefix(request.seriesLimit ?? .max).map { (series: Series) -> SeriesPoints in
      let rows = found[series] ?? []
      let start = count
      if request.includesPoints {
        batches.append(NaiveStore.points(rows, series))
        count += rows.count
      }
      return SeriesPoints(
        series: series, firstTime: rows.first?.time ?? 0, lastTime: rows.last?.time ?? 0, rows: start..<count)
    }
    let empty = RecordBatch(signal: .metrics, rowCount: 0, columns: [])
    return SeriesAnswer(
      series: Array(answer),
      points: request.includesPoints ? (batches.isEmpty ? empty : RecordBatch.concatenated(batches)) : nil,
      matchedCount: order.count, statistics: statistics(rows))
  }

  /// The points of one series; every batch of a fixture has one series and the same columns.
  private static func points(_ rows: [Row], _ series: Series) -> RecordBatch {
    let singles = rows.map(single)
    var cells: [ColumnKey: [(UInt32, ColumnValues)]] = [:]
    for (index, batch) in singles.enumerated() {
      for column in batch.columns { cells[column.key, default: []].append((UInt32(index), column.values)) }
    }
    let columns = cells.map { key, cells in
      Column(key, rows: cells.count == rows.count ? nil : cells.map(\.0), values: join(cells.map(\.1)))
    }
    return RecordBatch(
      signal: .metrics, rowCount: rows.count, columns: columns, series: [series], seriesCodes: rows.map { _ in 0 },
      children: singles.count == 1 ? singles[0].children : [])
  }

  private static func join(_ parts: [ColumnValues]) -> ColumnValues {
    var integers: [Int64] = []
    var doubles: [Double] = []
    var bytes = BytesColumn()
    for part in parts {
      switch part {
      case .int64(let numbers): integers += numbers
      case .double(let numbers): doubles += numbers
      case .bytes(let column): for index in 0..<column.count { bytes.append(column[index]) }
      default: continue
      }
    }
    return !integers.isEmpty ? .int64(integers) : !doubles.isEmpty ? .double(doubles) : .bytes(bytes)
  }

  package func fieldKeys(_ request: FieldKeysRequest) async throws(StoreFailure) -> FieldKeysAnswer {
    let rows = rows(request.signal, request.timeRange, .all)
    var counts: [FieldReference: (types: Set<ValueType>, rows: Int)] = [:]
    for row in rows {
      for column in row.batch.columns where column.index(ofRow: row.row) != nil {
        let field = FieldReference(column.key.scope, column.key.name)
        counts[field, default: ([], 0)].types.insert(column.key.type)
        counts[field]?.rows += 1
      }
      for attribute in row.batch.resource(ofRow: row.row)?.attributes.attributes ?? [] {
        counts[FieldReference(.resource, attribute.key), default: ([], 0)].types.insert(attribute.value.type)
        counts[FieldReference(.resource, attribute.key)]?.rows += 1
      }
    }
    let keys = counts.map {
      FieldKey(field: $0, types: $1.types.sorted { $0.rawValue < $1.rawValue }, rowCount: $1.rows)
    }
    return FieldKeysAnswer(
      keys: keys.sorted { ($1.rowCount, $0.field.text) < ($0.rowCount, $1.field.text) }, statistics: statistics(rows))
  }

  package func fieldValues(_ request: FieldValuesRequest) async throws(StoreFailure) -> FieldValuesAnswer {
    let rows = rows(request.signal, request.timeRange, request.predicate)
    var counts: [AttributeValue: UInt64] = [:]
    for row in rows { if let value = row.reader.value(request.field) { counts[value, default: 0] += 1 } }
    let sorted = counts.sorted { $0.value != $1.value ? $0.value > $1.value : AttributeValue.isLess($0.key, $1.key) }
    return FieldValuesAnswer(
      values: sorted.prefix(request.valueLimit).map { ValueCount(value: $0.key, rowCount: $0.value) },
      distinctCount: counts.count,
      statistics: statistics(rows))
  }

  package func trace(_ id: TraceID, hint: TimeRange?) async throws(StoreFailure) -> TraceAnswer {
    let rows = rows(.spans, hint ?? .all, .traceIDs([id])).sorted { $0.time < $1.time }
    // Fixtures keep a trace in one batch, so the batch's rows can be answered in place.
    guard let batch = rows.first?.batch else {
      return TraceAnswer(spans: RecordBatch(signal: .spans, rowCount: 0, columns: []), statistics: statistics([]))
    }
    return TraceAnswer(spans: NaiveStore.gathered(batch, rows.map(\.row)), statistics: statistics(rows))
  }

  private static func gathered(_ batch: RecordBatch, _ rows: [Int]) -> RecordBatch {
    let columns = batch.columns.map { column in
      let present = rows.enumerated().compactMap { entry in
        column.index(ofRow: entry.element).map { (UInt32(entry.offset), $0) }
      }
      return Column(column.key, rows: present.map(\.0), values: gather(column.values, present.map(\.1)))
    }
    let children = batch.children.map { table in
      let picked = rows.enumerated().flatMap { entry in
        table.children(ofRow: entry.element).map { (UInt32(entry.offset), $0) }
      }
      let columns = table.columns.map { Column($0.key, values: gather($0.values, picked.map(\.1))) }
      return ChildTable(kind: table.kind, parentRows: picked.map(\.0), columns: columns)
    }
    return RecordBatch(
      signal: batch.signal, rowCount: rows.count, columns: columns, resources: batch.resources,
      resourceCodes: rows.map { batch.resourceCodes[$0] }, scopes: batch.scopes,
      scopeCodes: rows.map { batch.scopeCodes[$0] },
      children: children)
  }

  package func applyRetention(_ policy: RetentionPolicy, now: Int64) async throws(StoreFailure) -> RetentionReport {
    RetentionReport()
  }

  package func inventory() async -> StoreInventory {
    StoreInventory(parts: [], damaged: [], memoryRows: [.logs: 1], memoryBytes: 2, walBytes: 3)
  }
}

private func logarithm(_ value: Double) -> Double {
  Double(value.exponent) + log2Significand(value.significand)
}

/// log2 of a number in 1 ..< 2, bit by bit.
private func log2Significand(_ value: Double) -> Double {
  var (rest, result, weight) = (value, 0.0, 0.5)
  for _ in 0..<50 {
    rest *= rest
    if rest >= 2 {
      rest /= 2
      result += weight
    }
    weight /= 2
  }
  return result
}

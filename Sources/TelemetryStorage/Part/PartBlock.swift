import TelemetryEncoding
import TelemetryModel

/// One block of a part as queries see it.
struct PartBlock: BlockSource {
  let part: PartFile
  let number: Int

  private var entry: PartBlockEntry { part.blocks[number] }

  var signal: Signal { part.directory.identity.signal }
  var rowCount: Int { entry.rowCount }
  var timeFirst: Int64 { entry.timeFirst }
  var timeLast: Int64 { entry.timeLast }
  var resources: [Resource] { part.resources }
  var scopes: [InstrumentationScope] { part.scopes }

  /// Empty when the table cannot be read; `loadSeries` and `read` throw then.
  var series: [Series] { (try? part.series().series) ?? [] }
  var seriesColumns: SeriesColumns? { try? part.series() }

  var identityFields: IdentityFields? { signal == .metrics ? nil : part.identityFields }

  func loadSeries() throws(StorageError) { _ = try part.series() }

  func codeBounds(_ kind: IdentityKind) -> ClosedRange<Int>? {
    let wanted =
      switch kind {
      case .resource: PartSchemaEntry(.resourceCodes)
      case .scope: PartSchemaEntry(.scopeCodes)
      case .series: PartSchemaEntry(.seriesCodes)
      }
    guard let bounds = entry.chunks.first(where: { part.directory.schema[$0.schemaEntry] == wanted })?.bounds else {
      return nil
    }
    return Int(clamping: bounds.lowerBound)...Int(clamping: bounds.upperBound)
  }

  var columns: [(key: ColumnKey, rowCount: Int)] { columns(ofTable: 0) }

  func childColumns(_ kind: ChildKind) -> [(key: ColumnKey, rowCount: Int)] { columns(ofTable: kind.rawValue) }

  private func columns(ofTable table: UInt8) -> [(key: ColumnKey, rowCount: Int)] {
    entry.chunks.compactMap { chunk in
      let schema = part.directory.schema[chunk.schemaEntry]
      guard schema.table == table, let key = schema.key else { return nil }
      return (key, chunk.valueCount)
    }
  }

  func bounds(of key: ColumnKey) -> ClosedRange<Int64>? {
    let wanted = PartSchemaEntry(key, table: nil)
    return entry.chunks.first { part.directory.schema[$0.schemaEntry] == wanted }?.bounds
  }

  func mayContain(_ trace: TraceID) -> Bool {
    number < part.filters.count ? part.filters[number].mayContain(trace) : signal != .metrics
  }

  func pointDirectory() throws(StorageError) -> (directory: PointDirectory, byteCount: Int)? {
    guard signal == .metrics else { return nil }
    switch PartCaches.directories[part.cacheKey, number] {
    case .ordered(let directory): return (directory, 0)
    case .unordered: return nil
    case nil: break
    }
    let (batch, byteCount) = try read(ColumnSelection(names: [ColumnSelection.Name(.intrinsic, Field.time.key)]))
    guard let directory = PointDirectory.of(codes: batch.seriesCodes, times: batch.times) else {
      keep(.unordered)
      return nil
    }
    keep(.ordered(directory))
    return (directory, byteCount)
  }

  private func keep(_ directory: CachedDirectory) {
    PartCaches.directories.insert(directory, cost: directory.byteCount, part: part.cacheKey, place: number)
  }

  func read(_ selection: ColumnSelection) throws(StorageError) -> (batch: RecordBatch, byteCount: Int) {
    let entry = entry
    let schema = part.directory.schema
    let series = selection.identities && signal == .metrics ? try part.series().series : []
    let chosen = entry.chunks.filter { chunk in
      let schema = schema[chunk.schemaEntry]
      guard let role = PartSchemaEntry.Role(rawValue: schema.role) else { return false }
      if schema.table != 0 { return ChildKind(rawValue: schema.table).map(selection.children.contains) ?? false }
      return role == .column ? schema.key.map(selection.contains) ?? false : selection.identities
    }
    let base = baseChunks(neededBy: chosen)
    let chunks = try ChunkBytes(part.file, (chosen + base).map(\.range))
    do throws(EncodingError) {
      let batch = try decode(entry, chosen, try baseColumns(base, chunks), chunks, series)
      return (batch, chunks.byteCount)
    } catch {
      throw StorageError(error, path: part.file.path, what: "block \(number)")
    }
  }

  /// The chunks that others of the rows' own table cannot be decoded without.
  private func baseChunks(neededBy chosen: [PartChunk]) -> [PartChunk] {
    let schema = part.directory.schema
    let keys = Set(
      chosen.compactMap { schema[$0.schemaEntry].table == 0 ? BaseColumns.key(neededBy: $0.encoding) : nil })
    if keys.isEmpty { return [] }
    return entry.chunks.filter { chunk in
      let entry = schema[chunk.schemaEntry]
      return entry.table == 0 && entry.role == PartSchemaEntry.Role.column.rawValue
        && entry.key.map(keys.contains) ?? false
    }
  }

  private func baseColumns(_ base: [PartChunk], _ chunks: ChunkBytes) throws(EncodingError) -> BaseColumns {
    var columns = BaseColumns()
    for chunk in base {
      guard let key = part.directory.schema[chunk.schemaEntry].key else { continue }
      let (bytes, range) = chunks[chunk.range]
      let column = try ColumnChunk.decode(key, bytes, range, rowCount: entry.rowCount)
      switch column.values {
      case .int64(let times) where column.rows == nil: columns.times = times
      case .spanIDs(let ids) where column.rows == nil: columns.spanIDs = ids
      default: throw EncodingError(.damaged, "a column that others need has gaps")
      }
    }
    return columns
  }

  private func decode(
    _ entry: PartBlockEntry, _ chosen: [PartChunk], _ base: BaseColumns, _ chunks: ChunkBytes, _ series: [Series]
  ) throws(EncodingError) -> RecordBatch {
    var columns: [Column] = []
    var codes: [PartSchemaEntry.Role: [UInt32]] = [:]
    var childColumns: [ChildKind: [Column]] = [:]
    var parents: [ChildKind: [UInt32]] = [:]
    for chunk in chosen {
      let schema = part.directory.schema[chunk.schemaEntry]
      let (bytes, range) = chunks[chunk.range]
      let kind = ChildKind(rawValue: schema.table)
      let rowCount = kind.map { childRowCount(entry, $0) } ?? entry.rowCount
      switch PartSchemaEntry.Role(rawValue: schema.role) {
      case .column:
        guard let key = schema.key else { continue }
        if kind == nil, let known = base.column(key) {
          columns.append(known)
          continue
        }
        let column = try ColumnChunk.decode(key, bytes, range, rowCount: rowCount, base: base)
        if let kind { childColumns[kind, default: []].append(column) } else { columns.append(column) }
      case .parentRows:
        guard let kind else { continue }
        parents[kind] = try ascending(
          WordCodec.codes(try ColumnChunk.decodeWords(bytes, range, rowCount: rowCount), limit: entry.rowCount))
      case .resourceCodes, .scopeCodes, .seriesCodes:
        guard let role = PartSchemaEntry.Role(rawValue: schema.role) else { continue }
        let limit =
          switch role {
          case .resourceCodes: resources.count
          case .scopeCodes: scopes.count
          default: series.count
          }
        codes[role] = try WordCodec.codes(
          try ColumnChunk.decodeWords(bytes, range, rowCount: rowCount), limit: limit)
      case nil: continue
      }
    }
    let children = ChildKind.allCases.compactMap { kind in
      parents[kind].map { ChildTable(kind: kind, parentRows: $0, columns: childColumns[kind] ?? []) }
    }
    return RecordBatch(
      signal: signal, rowCount: entry.rowCount, columns: columns, resources: resources,
      resourceCodes: codes[.resourceCodes] ?? [], scopes: scopes, scopeCodes: codes[.scopeCodes] ?? [], series: series,
      seriesCodes: codes[.seriesCodes] ?? [], children: children)
  }

  private func childRowCount(_ entry: PartBlockEntry, _ kind: ChildKind) -> Int {
    entry.children.first { $0.kind == kind.rawValue }?.rowCount ?? 0
  }

  private func ascending(_ rows: [UInt32]) throws(EncodingError) -> [UInt32] {
    for index in rows.indices.dropFirst() where rows[index] < rows[index - 1] {
      throw EncodingError(.damaged, "parent rows are not ascending")
    }
    return rows
  }
}

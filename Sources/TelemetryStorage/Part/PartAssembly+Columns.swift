import TelemetryEncoding
import TelemetryModel

extension PartAssembly {
  /// One block whose chunks come column by column.
  private struct PendingBlock {
    let rows: Range<Int>
    let base: BaseColumns
    /// Offsets of its chunks count from the block's first byte until the block has its place.
    var entry: PartBlockEntry
    var bytes = EncodingWriter()

    init(_ keys: RecordBatch, rows: Range<Int>) {
      self.rows = rows
      base = BaseColumns(keys, rows: rows)
      entry = PartBlockEntry(rowCount: rows.count)
    }
  }

  /// Writes one block, whose codes are final.
  mutating func append(_ batch: RecordBatch) throws(StorageError) {
    var block = PendingBlock(batch, rows: 0..<batch.rowCount)
    append(.resourceCodes, batch.resourceCodes, to: &block)
    append(.scopeCodes, batch.scopeCodes, to: &block)
    append(.seriesCodes, batch.seriesCodes, to: &block)
    for column in batch.columns { append(column, block.rows, table: nil, to: &block) }
    for child in batch.children { append(child, to: &block) }
    directory.rawByteCount += batch.byteCount
    try write(block, batch)
  }

  /// Writes everything, one column after the other, so that a column's copies are gone before the next one's are made; what
  /// waits is encoded.
  mutating func write(_ rows: inout SortedRows) throws(StorageError) -> PartSummary {
    let keys = rows.keys
    begin()
    let resources = CodeCompaction(keys.resourceCodes, tableCount: keys.resources.count)
    let scopes = CodeCompaction(keys.scopeCodes, tableCount: keys.scopes.count)
    let series = CodeCompaction(keys.seriesCodes, tableCount: keys.series.count)
    var pending = BlockPlan.ranges(rowCount: rows.rowCount, weights: rows.weights()).map {
      PendingBlock(keys, rows: $0)
    }
    for index in pending.indices {
      append(.resourceCodes, resources.codes, to: &pending[index])
      append(.scopeCodes, scopes.codes, to: &pending[index])
      append(.seriesCodes, series.codes, to: &pending[index])
    }
    for key in rows.columnKeys {
      guard let column = rows.column(key) else { continue }
      for index in pending.indices { append(column, pending[index].rows, table: nil, to: &pending[index]) }
    }
    for child in rows.children() {
      for index in pending.indices { append(child, to: &pending[index]) }
    }
    for block in pending { try write(block, keys) }
    pending = []
    directory.rawByteCount = rows.byteCount
    return try finish(
      PartIdentityTables(
        resources: resources.used.map { keys.resources[$0] }, scopes: scopes.used.map { keys.scopes[$0] },
        series: series.used.map { keys.series[$0] }))
  }

  /// Gives a block its place in the file.
  private mutating func write(_ block: PendingBlock, _ keys: RecordBatch) throws(StorageError) {
    align()
    let start = position
    var entry = block.entry
    entry.chunks = entry.chunks.map { $0.moved(by: start) }
    buffer.append(contentsOf: block.bytes.bytes)
    appendFilter(keys, block.rows)
    appendValueFilters(entry)
    finish(entry)
    if buffer.count >= PartAssembly.bufferBytes { try flush() }
  }

  private mutating func append(_ role: PartSchemaEntry.Role, _ codes: [UInt32], to block: inout PendingBlock) {
    if codes.isEmpty { return }
    append(words: codes[block.rows].map { Int64($0) }, PartSchemaEntry(role), to: &block)
  }

  private mutating func append(words: [Int64], _ entry: PartSchemaEntry, to block: inout PendingBlock) {
    block.bytes.pad(toMultipleOf: PartFormat.alignment)
    let offset = block.bytes.count
    guard let description = ColumnChunk.append(words: words, to: &block.bytes) else { return }
    note(entry, description, offset, in: &block.entry)
  }

  private mutating func append(
    _ column: Column, _ rows: Range<Int>, table: ChildKind?, to block: inout PendingBlock
  ) {
    block.bytes.pad(toMultipleOf: PartFormat.alignment)
    let offset = block.bytes.count
    let base = table == nil ? block.base : BaseColumns()
    guard let description = ColumnChunk.append(column, rows: rows, base: base, to: &block.bytes) else { return }
    note(PartSchemaEntry(column.key, table: table), description, offset, in: &block.entry)
    if table == nil, column.key == BaseColumns.timeKey, let bounds = description.bounds {
      block.entry.timeFirst = bounds.lowerBound
      block.entry.timeLast = bounds.upperBound
    }
  }

  private mutating func append(_ child: ChildTable, to block: inout PendingBlock) {
    guard let last = block.rows.last else { return }
    let first = child.children(ofRow: block.rows.lowerBound).lowerBound
    let end = child.children(ofRow: last).upperBound
    if first == end { return }
    block.entry.children.append((child.kind.rawValue, end - first))
    let parents = child.parentRows[first..<end].map { Int64($0) - Int64(block.rows.lowerBound) }
    append(words: parents, PartSchemaEntry(.parentRows, table: child.kind), to: &block)
    for column in child.columns { append(column, first..<end, table: child.kind, to: &block) }
  }
}

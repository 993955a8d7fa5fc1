import TelemetryEncoding
import TelemetryModel

/// One part while it is written: bytes not yet in the file, and what the index and summary will say.
struct PartAssembly {
  private let file: any StoredFile
  var directory: PartDirectory
  var buffer = EncodingWriter()
  /// Bytes already in the file.
  private var writtenBytes = 0
  private var blocks: [PartBlockEntry] = []
  private var schemaOrdinals: [PartSchemaEntry: Int] = [:]
  private var valueCounts: [Int] = []
  private var filters = EncodingWriter()
  private var valueFilters = EncodingWriter()

  /// The buffer goes to the file at this size.
  static let bufferBytes = 4 << 20

  init(file: any StoredFile, identity: PartIdentity) {
    self.file = file
    directory = PartDirectory(identity: identity)
  }

  var position: Int { writtenBytes + buffer.count }

  /// Writes the header. Blocks follow, then `finish`.
  mutating func begin() {
    buffer.append(fixed: PartFormat.magic)
    appendVersion()
    buffer.append(directory.identity.signal.rawValue)
    for _ in 0..<7 { buffer.append(0) }
  }

  /// Writes everything behind the blocks.
  ///
  /// - Parameter tables: what the codes of the blocks refer to.
  mutating func finish(_ tables: PartIdentityTables) throws(StorageError) -> PartSummary {
    directory.blockCount = blocks.count
    directory.rowCount = blocks.reduce(0) { $0 + $1.rowCount }
    appendSections(tables)
    appendIndexSummaryAndTrailer()
    try flush()
    return directory.summary(byteCount: writtenBytes)
  }

  private mutating func appendVersion() {
    buffer.append(fixed: PartFormat.major)
    buffer.append(fixed: PartFormat.minor)
  }

  mutating func flush() throws(StorageError) {
    try file.append(buffer.bytes)
    writtenBytes += buffer.count
    buffer.removeAll()
  }

  mutating func align() {
    let rest = position % PartFormat.alignment
    if rest > 0 { buffer.append(contentsOf: repeatElement(0, count: PartFormat.alignment - rest)) }
  }

  mutating func note(
    _ entry: PartSchemaEntry, _ description: ColumnChunk.Description, _ offset: Int, in block: inout PartBlockEntry
  ) {
    let ordinal: Int
    if let known = schemaOrdinals[entry] {
      ordinal = known
    } else {
      ordinal = directory.schema.count
      schemaOrdinals[entry] = ordinal
      directory.schema.append(entry)
      valueCounts.append(0)
    }
    valueCounts[ordinal] += description.valueCount
    block.chunks.append(
      PartChunk(
        schemaEntry: ordinal, valueCount: description.valueCount, offset: offset, byteCount: description.byteCount,
        encoding: description.encoding.rawValue, bounds: description.bounds))
  }

  mutating func finish(_ block: PartBlockEntry) {
    directory.timeFirst = blocks.isEmpty ? block.timeFirst : min(directory.timeFirst, block.timeFirst)
    directory.timeLast = blocks.isEmpty ? block.timeLast : max(directory.timeLast, block.timeLast)
    blocks.append(block)
  }

  mutating func appendFilter(_ batch: RecordBatch, _ rows: Range<Int>) {
    if batch.signal == .metrics { return }
    var identifiers: [TraceID] = []
    if let column = batch.column(ColumnKey(Field.traceID, .traceID)), case .traceIDs(let ids) = column.values {
      var interner = IdentifierInterner(expectedCount: 256)
      if let sparse = column.rows {
        for (row, id) in zip(sparse, ids) where rows.contains(Int(row)) && !id.isZero { _ = interner.code(of: id) }
      } else {
        for id in ids[rows] where !id.isZero { _ = interner.code(of: id) }
      }
      identifiers = interner.identifiers
    }
    let filter = SplitBlockFilter(identifiers: identifiers)
    filters.append(fixed: UInt32(filter.words.count * 4))
    for word in filter.words { filters.append(fixed: word) }
  }

  /// Filters of the block's texts, from the chunks just written.
  mutating func appendValueFilters(_ block: PartBlockEntry) {
    if directory.identity.signal != .logs { return }
    var found: [(schemaEntry: Int, filter: ValueFilter)] = []
    for chunk in block.chunks {
      let entry = directory.schema[chunk.schemaEntry]
      guard entry.table == 0, let key = entry.key, ValueFilter.covers(key) else { continue }
      let start = chunk.offset - writtenBytes
      let column = try? EncodedColumn(key, buffer.bytes, start..<start + chunk.byteCount, rowCount: block.rowCount)
      if let column, let filter = ValueFilter(column) { found.append((chunk.schemaEntry, filter)) }
    }
    valueFilters.append(varint: found.count)
    for (schemaEntry, filter) in found {
      valueFilters.append(varint: schemaEntry)
      filter.append(to: &valueFilters)
    }
  }

  private mutating func appendSections(_ tables: PartIdentityTables) {
    let isMetrics = directory.identity.signal == .metrics
    var resourceTable = tables.resources
    var scopeTable = tables.scopes
    if isMetrics {
      let encoded = SeriesTable.encode(tables.series)
      resourceTable = encoded.resources
      scopeTable = encoded.scopes
      appendSection(.series, encoded.bytes)
    }
    // First, so that what is read at open lies behind it.
    if directory.identity.signal == .logs { appendSection(.valueFilters, valueFilters) }
    var writer = EncodingWriter()
    IdentityTables.append(resourceTable, to: &writer)
    appendSection(.resources, writer)
    writer.removeAll()
    IdentityTables.append(scopeTable, to: &writer)
    appendSection(.scopes, writer)
    if !isMetrics { appendSection(.traceFilters, filters) }
  }

  private mutating func appendSection(_ section: PartSection, _ content: EncodingWriter) {
    align()
    directory.sections.append(
      PartSectionEntry(
        kind: section.rawValue, offset: position, byteCount: content.count,
        checksum: Checksum.crc32c(content.bytes, 0..<content.count)))
    buffer.append(contentsOf: content.bytes)
  }

  private mutating func appendIndexSummaryAndTrailer() {
    var index = EncodingWriter()
    for block in blocks { block.append(to: &index) }
    var summary = EncodingWriter()
    directory.append(valueCounts: valueCounts, to: &summary)
    let indexOffset = position
    buffer.append(contentsOf: index.bytes)
    let summaryOffset = position
    buffer.append(contentsOf: summary.bytes)
    let trailerStart = buffer.count
    buffer.append(fixed: UInt64(summaryOffset))
    buffer.append(fixed: UInt32(summary.count))
    buffer.append(fixed: Checksum.crc32c(summary.bytes, 0..<summary.count))
    buffer.append(fixed: UInt64(indexOffset))
    buffer.append(fixed: UInt32(index.count))
    buffer.append(fixed: Checksum.crc32c(index.bytes, 0..<index.count))
    appendVersion()
    buffer.append(fixed: UInt32(0))
    buffer.append(fixed: Checksum.crc32c(buffer.bytes, trailerStart..<buffer.count))
    buffer.append(fixed: PartFormat.magic)
  }
}

/// Codes renumbered over the table entries that rows use, in the order of first use.
struct CodeCompaction {
  let codes: [UInt32]
  /// Old codes by new code.
  let used: [Int]

  init(_ codes: [UInt32], tableCount: Int) {
    var identities = UsedIdentities(count: tableCount)
    self.codes = codes.map { identities.code(of: $0) }
    used = identities.used
  }
}

import TelemetryEncoding
import TelemetryModel

/// Turns segments of the inputs into the blocks of the output, one after the other.
///
/// Blocks of inputs are decoded when their first row is wanted and forgotten when too much is held: what is merged at
/// once decides how much memory it takes, not how much there is.
struct MergedBlocks {
  /// A decoded block of an input.
  private struct Source {
    let batch: RecordBatch
    /// Bytes of the rows before each row.
    let byteOffsets: [Int]
    var lastUse: Int
  }

  private struct SourceKey: Hashable {
    let input: Int
    let block: Int
  }

  /// Decoded blocks kept.
  private static let cacheBytes = 96 << 20

  private let signal: Signal
  private let inputs: [MergeInput]
  private let segments: [MergeSegment]
  private let identities: MergeIdentities
  private var nextSegment = 0
  /// Rows of the next segment that are already written.
  private var nextOffset = 0
  private var sources: [SourceKey: Source] = [:]
  private var sourceBytes = 0
  private var clock = 0
  private var resources: UsedIdentities
  private var scopes: UsedIdentities
  private var series: UsedIdentities

  init(signal: Signal, inputs: [MergeInput], segments: [MergeSegment], identities: MergeIdentities) {
    self.signal = signal
    self.inputs = inputs
    self.segments = segments
    self.identities = identities
    resources = UsedIdentities(count: identities.resources.entries.count)
    scopes = UsedIdentities(count: identities.scopes.entries.count)
    series = UsedIdentities(count: identities.series.entries.count)
  }

  /// The tables that the codes of all blocks so far refer to.
  var tables: PartIdentityTables {
    PartIdentityTables(
      resources: resources.used.map { identities.resources.entries[$0] },
      scopes: scopes.used.map { identities.scopes.entries[$0] },
      series: series.used.map { identities.series.entries[$0] })
  }

  /// The next block: at most 65,536 rows and, above one row, 8 MiB; nil at the end. Its codes refer to `tables`.
  mutating func next() throws(StorageError) -> RecordBatch? {
    var pieces: [(key: SourceKey, rows: Range<Int>)] = []
    var rowCount = 0
    var byteCount = 0
    while nextSegment < segments.count, rowCount < EncodingLimits.blockRows {
      let segment = segments[nextSegment]
      let input = inputs[segment.input]
      let row = segment.start + nextOffset
      let block = input.block(ofRow: row)
      let key = SourceKey(input: segment.input, block: block)
      let source = try source(key)
      let first = row - input.firstRows[block]
      var end = min(
        first + segment.count - nextOffset, input.blocks[block].rowCount, first + EncodingLimits.blockRows - rowCount)
      let limit = source.byteOffsets[first] + PartFormat.blockBytes - byteCount
      if source.byteOffsets[end] > limit {
        while end > first, source.byteOffsets[end] > limit { end -= 1 }
        if end == first, rowCount > 0 { break }
        end = max(end, first + 1)
      }
      pieces.append((key, first..<end))
      rowCount += end - first
      byteCount += source.byteOffsets[end] - source.byteOffsets[first]
      nextOffset += end - first
      if nextOffset == segment.count {
        nextSegment += 1
        nextOffset = 0
      }
    }
    return rowCount > 0 ? try assemble(pieces, rowCount: rowCount) : nil
  }

  private mutating func source(_ key: SourceKey) throws(StorageError) -> Source {
    clock += 1
    if let known = sources[key] {
      sources[key]?.lastUse = clock
      return known
    }
    let batch = try inputs[key.input].blocks[key.block].read(.everything).batch
    while sourceBytes + batch.byteCount > Self.cacheBytes,
      let oldest = sources.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      sourceBytes -= oldest.value.batch.byteCount
      sources[oldest.key] = nil
    }
    var offsets = [0]
    offsets.reserveCapacity(batch.rowCount + 1)
    var sum = 0
    for weight in BlockPlan.weights(of: batch) {
      sum += weight
      offsets.append(sum)
    }
    let source = Source(batch: batch, byteOffsets: offsets, lastUse: clock)
    sources[key] = source
    sourceBytes += batch.byteCount
    return source
  }

  private mutating func assemble(
    _ pieces: [(key: SourceKey, rows: Range<Int>)], rowCount: Int
  ) throws(StorageError) -> RecordBatch {
    var tableOfKey: [SourceKey: Int] = [:]
    var keys: [SourceKey] = []
    var batches: [RecordBatch] = []
    for piece in pieces where tableOfKey[piece.key] == nil {
      tableOfKey[piece.key] = keys.count
      keys.append(piece.key)
      // A piece's source may have been forgotten since; then it is decoded again.
      batches.append(try source(piece.key).batch)
    }
    let rows = pieces.map { ColumnMerge.Piece(table: tableOfKey[$0.key] ?? 0, rows: $0.rows) }
    var resourceCodes: [UInt32] = []
    var scopeCodes: [UInt32] = []
    var seriesCodes: [UInt32] = []
    for piece in rows {
      let batch = batches[piece.table]
      let input = keys[piece.table].input
      if signal == .metrics {
        let codes = identities.series.codes[input]
        for code in batch.seriesCodes[piece.rows] { seriesCodes.append(series.code(of: codes[Int(code)])) }
      } else {
        let resourceTable = identities.resources.codes[input]
        for code in batch.resourceCodes[piece.rows] {
          resourceCodes.append(resources.code(of: resourceTable[Int(code)]))
        }
        let scopeTable = identities.scopes.codes[input]
        for code in batch.scopeCodes[piece.rows] { scopeCodes.append(scopes.code(of: scopeTable[Int(code)])) }
      }
    }
    return RecordBatch(
      signal: signal, rowCount: rowCount, columns: ColumnMerge(tables: batches.map(\.columns), pieces: rows).columns(),
      resourceCodes: resourceCodes, scopeCodes: scopeCodes, seriesCodes: seriesCodes,
      children: ChildKind.allCases.compactMap { children($0, batches, rows) })
  }

  private func children(_ kind: ChildKind, _ batches: [RecordBatch], _ pieces: [ColumnMerge.Piece]) -> ChildTable? {
    let tables = batches.map { $0.child(kind) }
    var parents: [UInt32] = []
    var childPieces: [ColumnMerge.Piece] = []
    var firstRow = 0
    for piece in pieces {
      defer { firstRow += piece.rows.count }
      guard let table = tables[piece.table] else { continue }
      let first = table.children(ofRow: piece.rows.lowerBound).lowerBound
      let end = table.children(ofRow: piece.rows.upperBound - 1).upperBound
      if first >= end { continue }
      let shift = firstRow - piece.rows.lowerBound
      for parent in table.parentRows[first..<end] {
        parents.append(UInt32(truncatingIfNeeded: Int(parent) + shift))
      }
      childPieces.append(ColumnMerge.Piece(table: piece.table, rows: first..<end))
    }
    if parents.isEmpty { return nil }
    let columns = ColumnMerge(tables: tables.map { $0?.columns ?? [] }, pieces: childPieces).columns()
    return ChildTable(kind: kind, parentRows: parents, columns: columns)
  }
}

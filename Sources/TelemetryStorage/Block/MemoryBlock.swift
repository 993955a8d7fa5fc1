package import TelemetryModel

/// A batch in memory as a block that queries read.
package struct MemoryBlock: BlockSource {
  package let batch: RecordBatch
  package let timeFirst: Int64
  package let timeLast: Int64
  private let integerBounds: [ColumnKey: ClosedRange<Int64>]

  /// Cost: one pass over the integer columns.
  package init(batch: RecordBatch) {
    self.batch = batch
    var bounds: [ColumnKey: ClosedRange<Int64>] = [:]
    for column in batch.columns {
      guard case .int64(let values) = column.values, let first = values.first else { continue }
      var smallest = first
      var greatest = first
      for value in values {
        if value < smallest { smallest = value }
        if value > greatest { greatest = value }
      }
      bounds[column.key] = smallest...greatest
    }
    integerBounds = bounds
    let times = bounds[ColumnKey(Field.time, .int)]
    timeFirst = times?.lowerBound ?? 0
    timeLast = times?.upperBound ?? 0
  }

  package var signal: Signal { batch.signal }
  package var rowCount: Int { batch.rowCount }
  package var resources: [Resource] { batch.resources }
  package var scopes: [InstrumentationScope] { batch.scopes }
  package var series: [Series] { batch.series }
  package var columns: [(key: ColumnKey, rowCount: Int)] { batch.columns.map { ($0.key, $0.values.count) } }

  package func childColumns(_ kind: ChildKind) -> [(key: ColumnKey, rowCount: Int)] {
    batch.child(kind)?.columns.map { ($0.key, $0.values.count) } ?? []
  }

  package func bounds(of key: ColumnKey) -> ClosedRange<Int64>? { integerBounds[key] }

  /// Always true: the scan of a batch in memory is cheap.
  package func mayContain(_ trace: TraceID) -> Bool { true }

  package func read(_ selection: ColumnSelection) throws(StorageError) -> (batch: RecordBatch, byteCount: Int) {
    let chosen = RecordBatch(
      signal: batch.signal, rowCount: batch.rowCount, columns: batch.columns.filter { selection.contains($0.key) },
      resources: batch.resources, resourceCodes: selection.identities ? batch.resourceCodes : [], scopes: batch.scopes,
      scopeCodes: selection.identities ? batch.scopeCodes : [], series: batch.series,
      seriesCodes: selection.identities ? batch.seriesCodes : [],
      children: batch.children.filter { selection.children.contains($0.kind) })
    return (chosen, 0)
  }
}

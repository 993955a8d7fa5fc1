import Synchronization
import TelemetryEncoding
import TelemetryModel

@testable import TelemetryStorage

/// A batch as a block that gives exactly the columns asked for, knows bounds and filters or not, and may be damaged.
final class TestBlock: BlockSource {
  let batch: RecordBatch
  let knowsBounds: Bool
  let hasFilter: Bool
  let isDamaged: Bool
  let onRead: (@Sendable () -> Void)?
  let readCount = Atomic<Int>(0)
  let timeFirst: Int64
  let timeLast: Int64
  let seriesColumns: SeriesColumns?

  init(
    _ batch: RecordBatch, knowsBounds: Bool = true, hasFilter: Bool = true, hasSeriesColumns: Bool = false,
    isDamaged: Bool = false, onRead: (@Sendable () -> Void)? = nil
  ) {
    self.batch = batch
    seriesColumns = hasSeriesColumns ? TestBlock.columns(of: batch.series) : nil
    self.knowsBounds = knowsBounds
    self.hasFilter = hasFilter
    self.isDamaged = isDamaged
    self.onRead = onRead
    timeFirst = batch.times.min() ?? 0
    timeLast = batch.times.max() ?? 0
  }

  /// The series as a part has them.
  private static func columns(of series: [Series]) -> SeriesColumns? {
    let (resources, scopes, bytes) = SeriesTable.encode(series)
    var reader = EncodingReader(bytes.bytes)
    return try? SeriesTable.decode(&reader, resources: resources, scopes: scopes)
  }

  func codeBounds(_ kind: IdentityKind) -> ClosedRange<Int>? {
    let codes =
      switch kind {
      case .resource: batch.resourceCodes
      case .scope: batch.scopeCodes
      case .series: batch.seriesCodes
      }
    guard knowsBounds, let low = codes.min(), let high = codes.max() else { return nil }
    return Int(low)...Int(high)
  }

  var signal: Signal { batch.signal }
  var rowCount: Int { batch.rowCount }
  var resources: [Resource] { batch.resources }
  var scopes: [InstrumentationScope] { batch.scopes }
  var series: [Series] { seriesColumns?.series ?? batch.series }
  var columns: [(key: ColumnKey, rowCount: Int)] { batch.columns.map { ($0.key, $0.values.count) } }

  func childColumns(_ kind: ChildKind) -> [(key: ColumnKey, rowCount: Int)] {
    batch.child(kind)?.columns.map { ($0.key, $0.values.count) } ?? []
  }

  func bounds(of key: ColumnKey) -> ClosedRange<Int64>? {
    guard knowsBounds, case .int64(let values)? = batch.column(key)?.values, let low = values.min(),
      let high = values.max()
    else { return nil }
    return low...high
  }

  func mayContain(_ trace: TraceID) -> Bool {
    guard hasFilter else { return true }
    guard case .traceIDs(let ids)? = batch.column(ColumnKey(Field.traceID, .traceID))?.values else { return false }
    return ids.contains(trace)
  }

  /// Blocks with a series table have one, as those of parts do, when their rows are in order.
  func pointDirectory() throws(StorageError) -> (directory: PointDirectory, byteCount: Int)? {
    guard seriesColumns != nil, !isDamaged else { return nil }
    return PointDirectory.of(codes: batch.seriesCodes, times: batch.times).map { ($0, 0) }
  }

  func read(_ selection: ColumnSelection) throws(StorageError) -> (batch: RecordBatch, byteCount: Int) {
    readCount.wrappingAdd(1, ordering: .relaxed)
    onRead?()
    if isDamaged { throw StorageError(.damaged, path: "part-1", detail: "checksum") }
    let all = selection.identities
    let batch = RecordBatch(
      signal: batch.signal, rowCount: batch.rowCount, columns: batch.columns.filter { selection.contains($0.key) },
      resources: all ? batch.resources : [], resourceCodes: all ? batch.resourceCodes : [],
      scopes: all ? batch.scopes : [], scopeCodes: all ? batch.scopeCodes : [], series: all ? batch.series : [],
      seriesCodes: all ? batch.seriesCodes : [],
      children: batch.children.filter { selection.children.contains($0.kind) }.map { table in
        ChildTable(
          kind: table.kind, parentRows: table.parentRows, columns: table.columns.filter { selection.contains($0.key) })
      })
    return (batch, batch.byteCount)
  }
}

/// SplitMix64: reproducible test data from one printed seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

import TelemetryModel

/// The rows of several batches in the order in which a part stores them, made one column at a time: beside the batches
/// there is never more than one column of copies.
struct SortedRows {
  /// What sorting and the other columns need: codes and identity tables, times and ids, in order.
  let keys: RecordBatch
  /// Memory that the rows take where they come from.
  let byteCount: Int
  private let batches: [RecordBatch]
  /// nil when the rows come in order.
  private let order: [UInt32]?
  private var gather: ColumnGather?

  /// Columns that `keys` holds.
  private static let baseKeys: Set<ColumnKey> = [
    ColumnKey(Field.time, .int), ColumnKey(Field.traceID, .traceID), ColumnKey(Field.spanID, .spanID),
  ]

  /// - Precondition: at least one batch, all of one signal.
  init(_ batches: [RecordBatch]) {
    self.batches = batches
    byteCount = batches.reduce(0) { $0 + $1.byteCount }
    let bases = batches.map { batch in
      batch.replacing(columns: batch.columns.filter { Self.baseKeys.contains($0.key) }, children: [])
    }
    let united = RecordBatch.concatenated(bases)
    let order = united.storageOrder()
    let isSorted = order.indices.allSatisfy { Int(order[$0]) == $0 }
    keys = isSorted ? united : united.gathered(order)
    self.order = isSorted ? nil : order
    gather = isSorted ? nil : ColumnGather(sourceCount: united.rowCount, rows: order)
  }

  var rowCount: Int { keys.rowCount }

  /// Every column that some batch has, in the order of first sight.
  var columnKeys: [ColumnKey] {
    var seen: Set<ColumnKey> = []
    return batches.flatMap { $0.columns.map(\.key) }.filter { seen.insert($0).inserted }
  }

  /// The column of all rows; nil when no row has a value.
  mutating func column(_ key: ColumnKey) -> Column? {
    if let column = keys.column(key) { return column }
    let single = batches.map { $0.replacing(columns: $0.columns.filter { $0.key == key }, children: []).withoutCodes }
    guard let united = RecordBatch.concatenated(single).columns.first else { return nil }
    return gather == nil ? united : gather?.column(united)
  }

  /// The child rows in the order of their parents.
  func children() -> [ChildTable] {
    guard batches.contains(where: { !$0.children.isEmpty }) else { return [] }
    let parents = RecordBatch.concatenated(
      batches.map { $0.replacing(columns: [], children: $0.children).withoutCodes })
    return order.map { parents.gathered($0).children } ?? parents.children
  }

  /// Bytes of each row with its children, in order; empty when nobody needs them because the rows fit one block.
  func weights() -> [Int] {
    guard byteCount > PartFormat.blockBytes else { return [] }
    let weights = batches.flatMap { BlockPlan.weights(of: $0) }
    return order.map { $0.map { weights[Int($0)] } } ?? weights
  }
}

extension RecordBatch {
  /// The same rows with other columns and children.
  fileprivate func replacing(columns: [Column], children: [ChildTable]) -> RecordBatch {
    RecordBatch(
      signal: signal, rowCount: rowCount, columns: columns, resources: resources, resourceCodes: resourceCodes,
      scopes: scopes, scopeCodes: scopeCodes, series: series, seriesCodes: seriesCodes, children: children)
  }

  /// Columns and children alone.
  fileprivate var withoutCodes: RecordBatch {
    RecordBatch(signal: signal, rowCount: rowCount, columns: columns, children: children)
  }
}

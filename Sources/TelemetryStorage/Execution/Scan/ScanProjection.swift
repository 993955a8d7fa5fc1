import TelemetryModel
import TelemetryStore

/// Which columns of one block a projection takes.
struct ScanProjection {
  /// Rows of a block whose columns are read at once.
  private static let wholeLimit = 8_192

  private let names: Set<ColumnSelection.Name>
  private let children: [ChildKind: Set<ColumnSelection.Name>]

  init(_ projection: Projection, of block: any BlockSource) {
    var names: Set<ColumnSelection.Name> = []
    var children: [ChildKind: Set<ColumnSelection.Name>] = [:]
    func add(_ kind: ChildKind, _ isWanted: (ColumnKey) -> Bool) {
      let columns = block.childColumns(kind)
      if columns.isEmpty { return }
      children[kind] = Set(columns.map(\.key).filter(isWanted).map(\.selectionName))
    }
    switch projection {
    case .everything:
      names = Set(block.columns.map(\.key.selectionName))
      for kind in ChildKind.allCases { add(kind) { _ in true } }
    case .fields(let fields):
      let wanted = Set(
        fields.map { ColumnSelection.Name($0.scope == .any ? .record : $0.scope, $0.key) }
          + [ColumnSelection.Name(.intrinsic, Field.time.key)])
      names = Set(block.columns.map(\.key.selectionName).filter(wanted.contains))
      for kind in Set(fields.compactMap(\.childKind)) {
        add(kind) { $0.scope == .intrinsic || wanted.contains($0.selectionName) }
      }
    }
    self.names = names
    self.children = children
  }

  /// The rows of the block, in the order given, with the projected columns. Of a few rows only their values are decoded.
  func batch(_ columns: inout BlockColumns, rows: [UInt32]) throws(StorageError) -> RecordBatch {
    let block = columns.block
    let keys = block.columns.map(\.key).filter { names.contains($0.selectionName) }
    let order = rows.indices.sorted { rows[$0] < rows[$1] }
    let ascending = order.map { rows[$0] }
    guard let gathered = try columns.gather(keys, ascending) else {
      return try batch(&columns).gathered(rows)
    }
    for (kind, names) in children { try columns.load(kind, names) }
    let read = columns
    let childTables = RecordBatch(
      signal: block.signal, rowCount: block.rowCount, columns: [],
      children: ChildKind.allCases.compactMap { children[$0] == nil ? nil : read.children[$0] }
    ).gathered(ascending).children
    let batch = RecordBatch(
      signal: block.signal, rowCount: ascending.count, columns: gathered.columns,
      resources: gathered.resourceCodes.isEmpty ? [] : block.resources, resourceCodes: gathered.resourceCodes,
      scopes: gathered.scopeCodes.isEmpty ? [] : block.scopes, scopeCodes: gathered.scopeCodes, children: childTables)
    if order.elementsEqual(rows.indices) { return batch }
    var places = [UInt32](repeating: 0, count: rows.count)
    for (place, index) in order.enumerated() { places[index] = UInt32(truncatingIfNeeded: place) }
    return batch.gathered(places)
  }

  /// Reads what is missing and returns the rows of the block with the projected columns.
  private func batch(_ columns: inout BlockColumns) throws(StorageError) -> RecordBatch {
    if columns.block.rowCount > ScanProjection.wholeLimit {
      // One at a time, so that a cancelled query stops between them.
      for name in names { try columns.load([name]) }
    }
    try columns.load(names, identities: true)
    for (kind, names) in children { try columns.load(kind, names) }
    let block = columns.block
    let read = columns
    return RecordBatch(
      signal: block.signal, rowCount: block.rowCount,
      columns: block.columns.compactMap { names.contains($0.key.selectionName) ? read.columns[$0.key] : nil },
      resources: read.resourceCodes.isEmpty ? [] : block.resources, resourceCodes: read.resourceCodes,
      scopes: read.scopeCodes.isEmpty ? [] : block.scopes, scopeCodes: read.scopeCodes,
      series: read.seriesCodes.isEmpty ? [] : block.series, seriesCodes: read.seriesCodes,
      children: ChildKind.allCases.compactMap { children[$0] == nil ? nil : read.children[$0] })
  }
}

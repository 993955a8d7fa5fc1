import TelemetryModel
import TelemetryStore

/// Which columns of one block a projection takes.
struct ScanProjection {
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

  /// Reads what is missing and returns the rows of the block with the projected columns.
  func batch(_ columns: inout BlockColumns) throws(StorageError) -> RecordBatch {
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

import TelemetryEncoding
import TelemetryModel

/// The columns of one block that were read so far. What is there is not read again.
struct BlockColumns {
  let block: any BlockSource
  private(set) var columns: [ColumnKey: Column] = [:]
  private(set) var resourceCodes: [UInt32] = []
  private(set) var scopeCodes: [UInt32] = []
  private(set) var seriesCodes: [UInt32] = []
  private(set) var children: [ChildKind: ChildTable] = [:]
  /// Columns as they are stored.
  private(set) var encoded: [ColumnKey: EncodedColumn] = [:]
  private(set) var encodedResourceCodes: EncodedCodes?
  private(set) var encodedScopeCodes: EncodedCodes?
  /// Columns of which only the rows that a query asks for are decoded.
  var gathered: [ColumnKey: Column] = [:]
  /// The times of the rows that were last asked for, ascending.
  var gatheredTimes: (rows: [UInt32], times: [Int64]) = ([], [])
  /// Bytes read from storage.
  private(set) var byteCount = 0
  /// Bytes of memory that the columns take; those that a memtable holds anyway are not counted.
  private(set) var memoryBytes = 0
  private(set) var wasRead = false

  private var names: Set<ColumnSelection.Name> = []
  private var childNames: [ChildKind: Set<ColumnSelection.Name>] = [:]
  private var hasIdentities = false
  private var hasEncodedIdentities = false
  /// Of the query that reads the block; nil for work that is not cancelled.
  let control: QueryControl?

  init(_ block: any BlockSource, _ control: QueryControl? = nil) {
    self.block = block
    self.control = control
  }

  /// Called between columns, each of which is done within some milliseconds.
  func checkCancellation() throws(StorageError) {
    if let control, control.isCancelled { throw StorageError(.cancelled, path: "") }
  }

  /// Reads the columns of the names, and the identity codes when asked, as far as they are missing.
  mutating func load(_ wanted: Set<ColumnSelection.Name>, identities: Bool = false) throws(StorageError) {
    let missing = wanted.subtracting(names).filter { !isLoaded($0) }
    let needsIdentities = identities && !hasIdentities
    if missing.isEmpty, !needsIdentities { return }
    try read(ColumnSelection(names: missing, identities: needsIdentities))
    names.formUnion(missing)
    hasIdentities = hasIdentities || needsIdentities
  }

  /// Reads a child table with at least the columns of the names.
  mutating func load(_ kind: ChildKind, _ wanted: Set<ColumnSelection.Name>) throws(StorageError) {
    let known = childNames[kind] ?? []
    if children[kind] != nil, wanted.isSubset(of: known) { return }
    // One read replaces the table, so it asks for what was there too.
    let all = known.union(wanted)
    try read(ColumnSelection(names: all, children: [kind], identities: false))
    childNames[kind] = all
  }

  /// Opens chunks as they are stored, as far as they are missing; false when the block has no such form.
  @discardableResult
  mutating func openEncoded(_ keys: Set<ColumnKey>, identities: Bool) throws(StorageError) -> Bool {
    let missing = keys.subtracting(encoded.keys)
    let needsIdentities = identities && !hasEncodedIdentities
    if missing.isEmpty, !needsIdentities, hasEncodedIdentities || !encoded.isEmpty { return true }
    guard let found = try block.encoded(missing, identities: needsIdentities) else { return false }
    wasRead = true
    byteCount += found.byteCount
    for column in found.columns.values { memoryBytes += column.byteCount }
    encoded.merge(found.columns) { $1 }
    if needsIdentities {
      encodedResourceCodes = found.resourceCodes
      encodedScopeCodes = found.scopeCodes
      hasEncodedIdentities = true
    }
    return true
  }

  /// The chunks of columns of points as they are stored; nil when the block has no such form.
  mutating func openPoints(_ keys: Set<ColumnKey>) throws(StorageError) -> [ColumnKey: EncodedColumn]? {
    guard let found = try block.encodedPoints(keys) else { return nil }
    wasRead = true
    byteCount += found.byteCount
    return found.columns
  }

  /// The time of every row.
  mutating func times() throws(StorageError) -> [Int64] {
    let key = ColumnKey(Field.time, .int)
    if columns[key] == nil, try openEncoded([key], identities: false), case .words(let words)? = encoded[key]?.values {
      do throws(EncodingError) {
        let column = Column(key, rows: encoded[key]?.presence.rows, values: .int64(try words.words()))
        memoryBytes += column.values.byteCount
        columns[key] = column
      } catch {
        throw StorageError(error, path: "", what: "times")
      }
    }
    try load([key.selectionName])
    guard let column = columns[key], column.rows == nil, case .int64(let times) = column.values,
      times.count == block.rowCount
    else {
      throw StorageError(.damaged, path: "", detail: "a block of \(block.rowCount) rows lacks their times")
    }
    return times
  }

  /// Every column of the field.
  func columns(scope: FieldScope, name: String) -> [Column] {
    block.columns.compactMap { $0.key.scope == scope && $0.key.name == name ? columns[$0.key] : nil }
  }

  /// Whether the times, the one column that is also decoded from its stored form, are there.
  private func isLoaded(_ name: ColumnSelection.Name) -> Bool {
    name == ColumnKey(Field.time, .int).selectionName && columns[ColumnKey(Field.time, .int)] != nil
  }

  private mutating func read(_ selection: ColumnSelection) throws(StorageError) {
    try checkCancellation()
    let (batch, bytes) = try block.read(selection)
    guard batch.rowCount == block.rowCount else {
      throw StorageError(.damaged, path: "", detail: "a block of \(block.rowCount) rows came with \(batch.rowCount)")
    }
    wasRead = true
    byteCount += bytes
    if bytes > 0 { memoryBytes += batch.byteCount }
    for column in batch.columns { columns[column.key] = column }
    if selection.identities {
      resourceCodes = batch.resourceCodes
      scopeCodes = batch.scopeCodes
      seriesCodes = batch.seriesCodes
    }
    for child in batch.children where selection.children.contains(child.kind) { children[child.kind] = child }
  }
}

extension ColumnKey {
  /// The family of the column.
  var selectionName: ColumnSelection.Name { ColumnSelection.Name(scope, name) }
}

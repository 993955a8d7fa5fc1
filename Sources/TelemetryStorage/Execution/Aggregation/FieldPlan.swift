import TelemetryModel
import TelemetryStore

/// Where one block has a field: what to read for it, and how to get at its values.
struct FieldPlan {
  let field: FieldReference
  private let keys: [ColumnKey]
  private let childKeys: [ColumnKey]
  /// The field's value for each entry of the identity tables; empty when no entry has it.
  private let resourceValues: [AttributeValue?]
  private let scopeValues: [AttributeValue?]
  private let seriesValues: [AttributeValue?]

  init(_ field: FieldReference, in block: any BlockSource) {
    self.field = field
    func values<Element>(
      _ kind: IdentityKind, _ table: [Element], _ value: (Element) -> AttributeValue?
    ) -> [AttributeValue?] {
      // Entries that no row of the block uses need no value.
      let used = block.usedCodes(kind, tableCount: table.count)
      guard let first = used.first else { return [] }
      var values = [AttributeValue?](repeating: value(table[first]), count: table.count)
      for index in used.dropFirst() { values[index] = value(table[index]) }
      return values.contains { $0 != nil } ? values : []
    }
    let hasRowColumns = !field.isIdentity(of: block.signal) && field.childKind == nil
    let scope = field.scope == .any ? FieldScope.record : field.scope
    keys = hasRowColumns ? block.columns.map(\.key).filter { $0.scope == scope && $0.name == field.key } : []
    childKeys =
      field.childKind.map { kind in
        block.childColumns(kind).map(\.key).filter {
          $0.name == field.key && ($0.scope == field.scope || $0.scope == .intrinsic)
        }
      } ?? []
    if block.signal == .metrics {
      seriesValues = field.isIdentity(of: .metrics) ? values(.series, block.series) { $0.value(of: field) } : []
      resourceValues = []
      scopeValues = []
    } else {
      seriesValues = []
      resourceValues = values(.resource, block.resources) { $0.value(of: field) }
      scopeValues = values(.scope, block.scopes) { $0.value(of: field) }
    }
  }

  /// The value that every row has, when the identity tables leave no choice and no row has a column of the field.
  ///
  /// The outer nil: rows differ, or may.
  var constant: AttributeValue?? {
    guard keys.isEmpty, childKeys.isEmpty else { return nil }
    let tables = [resourceValues, scopeValues, seriesValues].filter { !$0.isEmpty }
    if tables.isEmpty { return .some(nil) }
    guard tables.count == 1, let first = tables[0].first, tables[0].allSatisfy({ $0 == first }) else { return nil }
    return .some(first)
  }

  /// Reads what the field needs for some rows.
  func load(_ columns: inout BlockColumns, _ rows: RowBitmap) throws(StorageError) {
    let needsIdentities = !(resourceValues.isEmpty && scopeValues.isEmpty && seriesValues.isEmpty)
    if !keys.isEmpty { try columns.load(keys, ofRows: rows.rows) }
    try columns.load([], identities: needsIdentities)
    if let kind = field.childKind, !childKeys.isEmpty { try columns.load(kind, Set(childKeys.map(\.selectionName))) }
  }

  /// The values, once loaded.
  func values(_ columns: BlockColumns) -> FieldValues {
    var found = keys.compactMap { columns.columns[$0] ?? columns.gathered[$0] }
    if let kind = field.childKind, let table = columns.children[kind] {
      found += FieldPlan.firstOfEachRow(table, childKeys, rowCount: columns.block.rowCount)
    }
    var beside: [FieldValues.Beside] = []
    func add(_ codes: [UInt32], _ values: [AttributeValue?]) {
      if !values.isEmpty, !codes.isEmpty { beside.append(FieldValues.Beside(codes: codes, values: values)) }
    }
    add(columns.resourceCodes, resourceValues)
    add(columns.scopeCodes, scopeValues)
    add(columns.seriesCodes, seriesValues)
    return FieldValues(columns: found, beside: beside)
  }

  /// The children's columns as columns of the rows: a row takes the value of its first child that has one.
  private static func firstOfEachRow(_ table: ChildTable, _ keys: [ColumnKey], rowCount: Int) -> [Column] {
    var taken = RowBitmap(none: rowCount)
    return keys.compactMap { key in
      guard let column = table.column(key) else { return nil }
      var children: [UInt32] = []
      var parents: [UInt32] = []
      for index in 0..<column.values.count {
        let child = column.rows.map { Int($0[index]) } ?? index
        let parent = table.parentRows[child]
        if taken.contains(Int(parent)) { continue }
        taken.insert(Int(parent))
        children.append(UInt32(index))
        parents.append(parent)
      }
      if parents.isEmpty { return nil }
      let values = RecordBatch(
        signal: .spans, rowCount: column.values.count, columns: [Column(key, values: column.values)]
      ).gathered(children)
      return values.columns.first.map { Column(key, rows: parents, values: $0.values) }
    }
  }
}

internal import TelemetryModel

/// Decoding of stored columns into values by row.
extension TraceTable {
  /// The values of a field's columns, one a type; nil where a row has none.
  func stored(_ scope: FieldScope, _ name: String) -> [Static?] {
    var values = [Static?](repeating: nil, count: rowCount)
    for column in batch.columns(scope: scope, name: name) {
      TraceTable.forEach(column) { row, value in values[row] = value }
    }
    return values
  }

  /// Calls `body` for each row that has a value; distinct values are decoded once.
  static func forEach(_ column: Column, _ body: (Int, Static) -> Void) {
    var distinct: [Static] = []
    if case .dictionary(_, let values) = column.values {
      let own = Column(column.key, values: .bytes(values))
      distinct = (0..<values.count).map { Static(own.value(at: $0)) }
    }
    for index in 0..<column.values.count {
      let row = column.rows.map { Int($0[index]) } ?? index
      if case .dictionary(let codes, _) = column.values {
        body(row, distinct[Int(codes[index])])
      } else {
        body(row, Static(column.value(at: index)))
      }
    }
  }

  func resourceValues(_ name: String) -> [Static?] {
    let values = batch.resources.map { $0.attributes[name].map(Static.init) }
    return (0..<rowCount).map { $0 < batch.resourceCodes.count ? values[Int(batch.resourceCodes[$0])] : nil }
  }

  func scopeValues(_ value: (InstrumentationScope) -> Static?) -> [Static?] {
    let values = batch.scopes.map(value)
    return (0..<rowCount).map { $0 < batch.scopeCodes.count ? values[Int(batch.scopeCodes[$0])] : nil }
  }

  /// The values of a field of the events or links of each row as arrays; nothing for rows without one.
  ///
  /// - Parameter perChild: makes the value of a child from what is stored, with the row of its span; nil: children
  ///   without a stored value have none.
  func childValues(
    _ kind: ChildKind, _ scope: FieldScope, _ name: String, perChild: ((Int, Static?) -> Static)?
  ) -> [Static] {
    var values = [Static](repeating: .nothing, count: rowCount)
    guard let table = batch.child(kind) else { return values }
    var ofChild = [Static?](repeating: nil, count: table.rowCount)
    for column in table.columns where column.key.scope == scope && column.key.name == name {
      TraceTable.forEach(column) { child, value in ofChild[child] = value }
    }
    var collected: [Int: [Static]] = [:]
    for (child, parent) in table.parentRows.enumerated() {
      let row = Int(parent)
      let value = perChild.map { $0(row, ofChild[child]) } ?? ofChild[child]
      if let value { collected[row, default: []] += value.elements }
    }
    for (row, elements) in collected { values[row] = .array(elements) }
    return values
  }

  /// Ids of the spans that links lead to, as hexadecimal text.
  func childIDs(_ field: FieldReference) -> [Static] {
    var values = [Static](repeating: .nothing, count: rowCount)
    guard let table = batch.child(.link) else { return values }
    var collected: [Int: [Static]] = [:]
    for column in table.columns where column.key.scope == .intrinsic && column.key.name == field.key {
      for index in 0..<column.values.count {
        let child = column.rows.map { Int($0[index]) } ?? index
        let text: String
        switch column.values {
        case .traceIDs(let ids): text = ids[index].description
        case .spanIDs(let ids): text = ids[index].description
        default: continue
        }
        collected[Int(table.parentRows[child]), default: []].append(.string(text))
      }
    }
    for (row, elements) in collected { values[row] = .array(elements) }
    return values
  }

  static func integers(_ batch: RecordBatch, _ field: FieldReference) -> [Int64] {
    var result = [Int64](repeating: 0, count: batch.rowCount)
    guard let column = batch.column(ColumnKey(field, .int)), case .int64(let values) = column.values else {
      return result
    }
    guard let rows = column.rows else { return values }
    for (index, row) in rows.enumerated() { result[Int(row)] = values[index] }
    return result
  }

  static func spanIDs(_ batch: RecordBatch, _ field: FieldReference) -> [SpanID] {
    var result = [SpanID](repeating: .zero, count: batch.rowCount)
    guard let column = batch.column(ColumnKey(field, .spanID)), case .spanIDs(let values) = column.values else {
      return result
    }
    guard let rows = column.rows else { return values }
    for (index, row) in rows.enumerated() { result[Int(row)] = values[index] }
    return result
  }

  static func traceIDs(_ batch: RecordBatch) -> [TraceID] {
    var result = [TraceID](repeating: .zero, count: batch.rowCount)
    guard let column = batch.column(ColumnKey(Field.traceID, .traceID)), case .traceIDs(let values) = column.values
    else {
      return result
    }
    guard let rows = column.rows else { return values }
    for (index, row) in rows.enumerated() { result[Int(row)] = values[index] }
    return result
  }
}

/// Rows of one signal in columns: what the walker produces, the memtable holds, a block decodes to and a scan returns.
///
/// Immutable, so that readers share it without locks. Logs and spans name their resource and scope by row
/// (`resourceCodes`, `scopeCodes`); points name their series (`seriesCodes`), which holds both.
///
/// Invariants: every dense column has `rowCount` values; code arrays have `rowCount` codes (or none: logs and spans
/// have no `seriesCodes`, points no `resourceCodes` and `scopeCodes`), each below its table's count; column keys are unique.
package struct RecordBatch: Sendable {
  package let signal: Signal
  package let rowCount: Int
  package let columns: [Column]
  package let resources: [Resource]
  package let resourceCodes: [UInt32]
  package let scopes: [InstrumentationScope]
  package let scopeCodes: [UInt32]
  package let series: [Series]
  package let seriesCodes: [UInt32]
  /// Events and links of spans, exemplars of points; at most one table of a kind.
  package let children: [ChildTable]

  package init(
    signal: Signal, rowCount: Int, columns: [Column], resources: [Resource] = [], resourceCodes: [UInt32] = [],
    scopes: [InstrumentationScope] = [], scopeCodes: [UInt32] = [], series: [Series] = [], seriesCodes: [UInt32] = [],
    children: [ChildTable] = []
  ) {
    self.signal = signal
    self.rowCount = rowCount
    self.columns = columns
    self.resources = resources
    self.resourceCodes = resourceCodes
    self.scopes = scopes
    self.scopeCodes = scopeCodes
    self.series = series
    self.seriesCodes = seriesCodes
    self.children = children
  }

  /// The column of exactly this key. Cost: linear in the number of columns; look up once per batch.
  package func column(_ key: ColumnKey) -> Column? { columns.first { $0.key == key } }

  /// Every column of a field, one a type.
  package func columns(scope: FieldScope, name: String) -> [Column] {
    columns.filter { $0.key.scope == scope && $0.key.name == name }
  }

  package func child(_ kind: ChildKind) -> ChildTable? { children.first { $0.kind == kind } }

  /// Time of each row; empty when the projection left it out.
  package var times: [Int64] {
    if case .int64(let values)? = column(ColumnKey(Field.time, .int))?.values { return values }
    return []
  }

  package func resource(ofRow row: Int) -> Resource? {
    if signal == .metrics { return row < seriesCodes.count ? series[Int(seriesCodes[row])].resource : nil }
    return row < resourceCodes.count ? resources[Int(resourceCodes[row])] : nil
  }

  package func scope(ofRow row: Int) -> InstrumentationScope? {
    if signal == .metrics { return row < seriesCodes.count ? series[Int(seriesCodes[row])].scope : nil }
    return row < scopeCodes.count ? scopes[Int(scopeCodes[row])] : nil
  }

  /// Memory that the rows take, without the shared identity tables.
  package var byteCount: Int {
    var bytes = (resourceCodes.count + scopeCodes.count + seriesCodes.count) * 4
    for column in columns { bytes += column.values.byteCount + (column.rows?.count ?? 0) * 4 }
    for child in children {
      bytes += child.parentRows.count * 4
      for column in child.columns { bytes += column.values.byteCount + (column.rows?.count ?? 0) * 4 }
    }
    return bytes
  }
}

/// Kinds of rows that hang on other rows. Raw values are part of the storage format.
package enum ChildKind: UInt8, Sendable, Hashable, CaseIterable {
  case event = 1
  case link = 2
  case exemplar = 3
}

/// Child rows of a batch: `parentRows[i]` is the row of the batch that child `i` belongs to; ascending, may repeat.
package struct ChildTable: Sendable {
  package let kind: ChildKind
  package let parentRows: [UInt32]
  package let columns: [Column]

  package init(kind: ChildKind, parentRows: [UInt32], columns: [Column]) {
    self.kind = kind
    self.parentRows = parentRows
    self.columns = columns
  }

  package var rowCount: Int { parentRows.count }
  package func column(_ key: ColumnKey) -> Column? { columns.first { $0.key == key } }

  /// The children of `row`. Cost: two binary searches.
  package func children(ofRow row: Int) -> Range<Int> {
    func lowerBound(_ target: UInt32) -> Int {
      var low = 0
      var high = parentRows.count
      while low < high {
        let middle = (low + high) / 2
        if parentRows[middle] < target { low = middle + 1 } else { high = middle }
      }
      return low
    }
    return lowerBound(UInt32(row))..<lowerBound(UInt32(row) + 1)
  }
}

import TelemetryModel

/// Evaluation over the rows of a block.
extension BlockPredicate {
  /// The candidates that match. Reads the columns it needs, conjunct by conjunct.
  func select(_ candidates: RowBitmap, _ columns: inout BlockColumns) throws(StorageError) -> RowBitmap {
    switch self {
    case .constant(let value): return value ? candidates : RowBitmap(none: candidates.rowCount)
    case .and(let parts):
      var rest = candidates
      for part in parts {
        if rest.isEmpty { break }
        rest = try part.select(rest, &columns)
      }
      return rest
    case .or(let parts):
      var matched = RowBitmap(none: candidates.rowCount)
      var rest = candidates
      for part in parts {
        if rest.isEmpty { break }
        let found = try part.select(rest, &columns)
        matched.formUnion(found)
        rest.subtract(found)
      }
      return matched
    case .not(let part):
      var rest = candidates
      rest.subtract(try part.select(candidates, &columns))
      return rest
    case .codes(let kind, let accepted):
      var matched = RowBitmap(none: candidates.rowCount)
      try columns.select(kind, accepted, into: &matched)
      matched.formIntersection(candidates)
      return matched
    case .columns(let keys, let test):
      try columns.open(keys)
      var matched = RowBitmap(none: candidates.rowCount)
      for key in keys { try columns.select(key, test, candidates: candidates, into: &matched) }
      return matched
    case .anyScope(let test): return try BlockPredicate.select(test, candidates, &columns)
    case .children(let kind, let keys, let test):
      return try BlockPredicate.selectChildren(kind, keys, test, candidates, &columns)
    }
  }

  private static func select(
    _ any: AnyScopeTest, _ candidates: RowBitmap, _ columns: inout BlockColumns
  ) throws(StorageError) -> RowBitmap {
    try columns.open(any.keys)
    var matched = RowBitmap(none: candidates.rowCount)
    var beside = candidates
    for key in any.keys {
      try columns.select(key, any.test, candidates: candidates, into: &matched)
      var present = RowBitmap(none: candidates.rowCount)
      try columns.select(key, .exists, candidates: candidates, into: &present)
      beside.subtract(present)
    }
    if beside.isEmpty { return matched }
    try columns.load([], identities: true)
    let resourceCodes = columns.resourceCodes
    let scopeCodes = columns.scopeCodes
    for row in beside.rows.map(Int.init) {
      var outcome = IdentityOutcome.missing
      if row < resourceCodes.count { outcome = any.resources[Int(resourceCodes[row])] }
      if outcome == .missing, row < scopeCodes.count { outcome = any.scopes[Int(scopeCodes[row])] }
      if outcome == .accepted { matched.insert(row) }
    }
    return matched
  }

  private static func selectChildren(
    _ kind: ChildKind, _ keys: [ColumnKey], _ test: ValueTest, _ candidates: RowBitmap, _ columns: inout BlockColumns
  ) throws(StorageError) -> RowBitmap {
    try columns.load(kind, Set(keys.map(\.selectionName)))
    var matched = RowBitmap(none: candidates.rowCount)
    guard let table = columns.children[kind] else { return matched }
    // Children are tested like rows of their own.
    var children = RowBitmap(none: table.rowCount)
    let all = RowBitmap(all: table.rowCount)
    for key in keys {
      if let column = table.column(key) { test.select(column, candidates: all, into: &children) }
    }
    for child in children.rows { matched.insert(Int(table.parentRows[Int(child)])) }
    matched.formIntersection(candidates)
    return matched
  }
}

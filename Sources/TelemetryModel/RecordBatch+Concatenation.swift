extension RecordBatch {
  /// All rows of `batches`, one after the other. Identity tables are united by content, columns by key, children
  /// re-parented.
  ///
  /// Codes of a kind are kept only when every batch with rows has them.
  ///
  /// - Precondition: at least one batch, all of one signal, no column above 4 GiB.
  package static func concatenated(_ batches: [RecordBatch]) -> RecordBatch {
    precondition(!batches.isEmpty, "at least one batch is concatenated")
    if batches.count == 1 { return batches[0] }
    let signal = batches[0].signal
    for batch in batches { precondition(batch.signal == signal, "concatenated batches are of one signal") }

    var starts: [Int] = []
    var rowCount = 0
    for batch in batches {
      starts.append(rowCount)
      rowCount += batch.rowCount
    }
    precondition(rowCount < Int(UInt32.max), "a batch has fewer than 2³² rows")

    let resources = uniteTables(batches, rowCount, table: \.resources, codes: \.resourceCodes)
    let scopes = uniteTables(batches, rowCount, table: \.scopes, codes: \.scopeCodes)
    let series = uniteSeries(batches, rowCount)
    let parts = batches.indices.map { (start: starts[$0], count: batches[$0].rowCount, columns: batches[$0].columns) }
    return RecordBatch(
      signal: signal, rowCount: rowCount, columns: ColumnConcatenation.columns(parts, rowCount: rowCount),
      resources: resources.table, resourceCodes: resources.codes, scopes: scopes.table, scopeCodes: scopes.codes,
      series: series.table, seriesCodes: series.codes,
      children: ChildKind.allCases.compactMap { concatenatedChildren(of: batches, kind: $0, starts: starts) })
  }

  private static func concatenatedChildren(of batches: [RecordBatch], kind: ChildKind, starts: [Int]) -> ChildTable? {
    var parents: [UInt32] = []
    var parts: [(start: Int, count: Int, columns: [Column])] = []
    for (batch, start) in zip(batches, starts) {
      guard let child = batch.child(kind) else { continue }
      parts.append((parents.count, child.rowCount, child.columns))
      let offset = UInt32(start)
      for parent in child.parentRows { parents.append(parent &+ offset) }
    }
    if parents.isEmpty { return nil }
    return ChildTable(
      kind: kind, parentRows: parents, columns: ColumnConcatenation.columns(parts, rowCount: parents.count))
  }

  /// One table of the distinct entries, and the codes of all rows in it.
  private static func uniteTables<Entry: Hashable>(
    _ batches: [RecordBatch], _ rowCount: Int, table: KeyPath<RecordBatch, [Entry]>,
    codes: KeyPath<RecordBatch, [UInt32]>
  ) -> (table: [Entry], codes: [UInt32]) {
    var united: [Entry] = []
    var codeOfEntry: [Entry: UInt32] = [:]
    var unitedCodes: [UInt32] = []
    unitedCodes.reserveCapacity(rowCount)
    var isComplete = true
    for batch in batches {
      let map = batch[keyPath: table].map { entry in
        if let code = codeOfEntry[entry] { return code }
        let code = UInt32(united.count)
        codeOfEntry[entry] = code
        united.append(entry)
        return code
      }
      append(batch[keyPath: codes], mappedBy: map, rowCount: batch.rowCount, to: &unitedCodes, isComplete: &isComplete)
    }
    return (united, isComplete ? unitedCodes : [])
  }

  /// Like `uniteTables`, through a table that compares hashes and objects first: the decoder hands out the same series
  /// objects again and again.
  private static func uniteSeries(_ batches: [RecordBatch], _ rowCount: Int) -> (table: [Series], codes: [UInt32]) {
    var interner = SeriesInterner(expectedCount: batches.map(\.series.count).max() ?? 0)
    var unitedCodes: [UInt32] = []
    unitedCodes.reserveCapacity(batches[0].signal == .metrics ? rowCount : 0)
    var isComplete = true
    for batch in batches where !batch.series.isEmpty || !batch.seriesCodes.isEmpty || batch.rowCount > 0 {
      let map = batch.series.map { interner.code(of: $0) }
      append(batch.seriesCodes, mappedBy: map, rowCount: batch.rowCount, to: &unitedCodes, isComplete: &isComplete)
    }
    return (interner.series, isComplete ? unitedCodes : [])
  }

  private static func append(
    _ codes: [UInt32], mappedBy map: [UInt32], rowCount: Int, to united: inout [UInt32], isComplete: inout Bool
  ) {
    if codes.count != rowCount { isComplete = false }
    if !isComplete { return }
    for code in codes { united.append(map[Int(code)]) }
  }
}

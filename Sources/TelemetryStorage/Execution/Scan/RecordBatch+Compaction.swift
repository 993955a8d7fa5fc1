import TelemetryModel

extension RecordBatch {
  /// The same rows with identity tables and dictionaries reduced to the entries that rows use, in order of first use.
  func compacted() -> RecordBatch {
    let (resources, resourceCodes) = usedEntries(resources, resourceCodes)
    let (scopes, scopeCodes) = usedEntries(scopes, scopeCodes)
    let (series, seriesCodes) = usedEntries(series, seriesCodes)
    return RecordBatch(
      signal: signal, rowCount: rowCount, columns: columns.map { $0.compacted() }, resources: resources,
      resourceCodes: resourceCodes, scopes: scopes, scopeCodes: scopeCodes, series: series, seriesCodes: seriesCodes,
      children: children.map {
        ChildTable(kind: $0.kind, parentRows: $0.parentRows, columns: $0.columns.map { $0.compacted() })
      })
  }

  /// No rows.
  static func empty(_ signal: Signal) -> RecordBatch { RecordBatch(signal: signal, rowCount: 0, columns: []) }
}

extension Column {
  /// A dictionary larger than the rows that use it becomes plain values, so that it can be freed.
  fileprivate func compacted() -> Column {
    guard case .dictionary(let codes, let distinct) = values, distinct.count > codes.count else { return self }
    return Column(key, rows: rows, values: .bytes(distinct.gathered(codes)))
  }
}

private func usedEntries<Entry>(_ table: [Entry], _ codes: [UInt32]) -> ([Entry], [UInt32]) {
  let absent = UInt32.max
  var newCodes = [UInt32](repeating: absent, count: table.count)
  var used: [Entry] = []
  var mapped: [UInt32] = []
  mapped.reserveCapacity(codes.count)
  for code in codes {
    if newCodes[Int(code)] == absent {
      newCodes[Int(code)] = UInt32(used.count)
      used.append(table[Int(code)])
    }
    mapped.append(newCodes[Int(code)])
  }
  return (used, mapped)
}

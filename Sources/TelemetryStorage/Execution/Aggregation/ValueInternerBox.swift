import TelemetryModel

/// Holds one field's interner in a table: the interner itself cannot be copied. One owner, borrowed once a block.
final class ValueInternerBox {
  private var interner = ValueInterner()

  var memoryBytes: Int { interner.memoryBytes }

  func value(of code: UInt32) -> AttributeValue? { interner.value(of: code) }

  func code(of value: AttributeValue?) -> UInt32 { interner.code(of: value) }

  var count: Int { interner.count }

  /// The code here of each code of `other` that `isNeeded`.
  func codes(of other: ValueInternerBox, isNeeded: [Bool]) -> [UInt32] {
    interner.codes(of: other.interner, isNeeded: isNeeded)
  }

  /// The codes of a field's values for the rows; 0 where a row has none.
  func codes(_ values: FieldValues, rows: [UInt32]) -> [UInt32] {
    var codes = [UInt32](repeating: 0, count: rows.count)
    // Tables beside the rows first, the last in precedence first; what comes later replaces it.
    for table in values.beside.reversed() {
      let unknown = UInt32.max
      var known = [UInt32](repeating: unknown, count: table.values.count)
      for (position, row) in rows.enumerated() {
        let index = Int(table.codes[Int(row)])
        if known[index] == unknown { known[index] = interner.code(of: table.values[index]) }
        if known[index] != 0 { codes[position] = known[index] }
      }
    }
    for column in values.columns { interner.encode(column, rows: rows, into: &codes) }
    return codes
  }
}

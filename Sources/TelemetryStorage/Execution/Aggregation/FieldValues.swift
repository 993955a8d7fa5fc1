import TelemetryModel

/// The values of one field in one block: typed columns, of which a row has at most one, and values beside the rows.
struct FieldValues {
  /// Values of an identity table, reached by the rows' codes.
  struct Beside {
    let codes: [UInt32]
    let values: [AttributeValue?]
  }

  /// Where a value stands: a column or, beyond those, a table beside the rows, and the index in it.
  struct Place {
    let source: Int
    let index: Int
  }

  let columns: [Column]
  /// In order of precedence; asked only for rows without a column's value.
  let beside: [Beside]

  /// The value at a place.
  func value(at place: Place) -> AttributeValue? {
    place.source < columns.count
      ? columns[place.source].value(at: place.index) : beside[place.source - columns.count].values[place.index]
  }

  /// Calls `body(position, place)` for each of the rows that has the field.
  @inline(__always)
  func forEach(_ rows: [UInt32], _ body: (Int, Place) -> Void) {
    for (source, column) in columns.enumerated() {
      forEachValue(rows, column) { body($0, Place(source: source, index: $1)) }
    }
    forEachBeside(rows, body)
  }

  /// Calls `body(position, number)` for each of the rows where the field is a number.
  @inline(__always)
  func forEachNumber(_ rows: [UInt32], _ body: (Int, Double) -> Void) {
    for column in columns {
      switch column.values {
      case .int64(let numbers):
        if column.key.type == .int { forEachValue(rows, column) { body($0, Double(numbers[$1])) } }
      case .double(let numbers): forEachValue(rows, column) { body($0, numbers[$1]) }
      default: continue
      }
    }
    forEachBeside(rows) { position, place in
      switch value(at: place) {
      case .int(let number): body(position, Double(number))
      case .double(let number): body(position, number)
      default: return
      }
    }
  }

  private func forEachBeside(_ rows: [UInt32], _ body: (Int, Place) -> Void) {
    if beside.isEmpty { return }
    var isCovered = [Bool](repeating: false, count: columns.isEmpty ? 0 : rows.count)
    for column in columns { forEachValue(rows, column) { position, _ in isCovered[position] = true } }
    for (position, row) in rows.enumerated() {
      if !isCovered.isEmpty, isCovered[position] { continue }
      for (number, table) in beside.enumerated() {
        let index = Int(table.codes[Int(row)])
        if table.values[index] == nil { continue }
        body(position, Place(source: columns.count + number, index: index))
        break
      }
    }
  }
}

/// Calls `body(position in rows, index in the column)` for each of the rows that has a value. `rows` ascend.
@inline(__always)
func forEachValue(_ rows: [UInt32], _ column: Column, _ body: (Int, Int) -> Void) {
  guard let present = column.rows else {
    var position = 0
    while position < rows.count {
      body(position, Int(rows[position]))
      position &+= 1
    }
    return
  }
  var position = 0
  var index = 0
  while position < rows.count, index < present.count {
    let row = rows[position]
    let own = present[index]
    if row == own {
      body(position, index)
      position &+= 1
      index &+= 1
    } else if row < own {
      position &+= 1
    } else {
      index &+= 1
    }
  }
}

import TelemetryModel

/// Reads one column row by row, in ascending order.
struct FieldCursor {
  private let column: Column
  private var next = 0
  /// Texts of dictionary values, made when they are first met.
  private var texts: [String?]

  init(_ column: Column) {
    self.column = column
    if case .dictionary(_, let distinct) = column.values {
      texts = Array(repeating: nil, count: distinct.count)
    } else {
      texts = []
    }
  }

  /// The index of the row's value; nil when it has none. Rows must not go back.
  mutating func index(ofRow row: Int) -> Int? {
    guard let rows = column.rows else { return row < column.values.count ? row : nil }
    while next < rows.count, Int(rows[next]) < row { next += 1 }
    return next < rows.count && Int(rows[next]) == row ? next : nil
  }

  /// The typed value of a row.
  mutating func value(ofRow row: Int) -> AttributeValue? { index(ofRow: row).map { column.value(at: $0) } }

  /// The text of a row's value.
  mutating func text(ofRow row: Int) -> String? {
    guard let index = index(ofRow: row) else { return nil }
    guard case .dictionary(let codes, let distinct) = column.values else {
      if column.key.type == .string, case .bytes(let bytes) = column.values {
        return String(decoding: bytes[index], as: UTF8.self)
      }
      return AttributeText.text(column.value(at: index))
    }
    let code = Int(codes[index])
    if let known = texts[code] { return known }
    let text =
      column.key.type == .string
      ? String(decoding: distinct[code], as: UTF8.self) : AttributeText.text(column.value(at: index))
    texts[code] = text
    return text
  }

  /// The bytes of a row's text; nil when it has none or is no text.
  mutating func bytes(ofRow row: Int) -> ArraySlice<UInt8>? {
    guard column.key.type == .string, let index = index(ofRow: row) else { return nil }
    switch column.values {
    case .bytes(let bytes): return bytes[index]
    case .dictionary(let codes, let distinct): return distinct[Int(codes[index])]
    default: return nil
    }
  }

  var type: ValueType { column.key.type }
}

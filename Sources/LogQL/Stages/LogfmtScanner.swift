/// A cursor over `key=value` pairs.
struct LogfmtScanner {
  /// What came next.
  enum Item {
    case pair(key: ArraySlice<UInt8>, value: String)
    /// A pair that is none, passed over.
    case failure(String)
  }

  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// The next pair; nil at the end of the line.
  mutating func next() -> Item? {
    while position < bytes.endIndex, bytes[position] <= 0x20 { position += 1 }
    guard position < bytes.endIndex else { return nil }
    let start = position
    while position < bytes.endIndex {
      switch bytes[position] {
      case UInt8(ascii: "="):
        if position == start { return skip("unexpected '='", at: start) }
        let key = bytes[start..<position]
        position += 1
        return value(key)
      case UInt8(ascii: "\""): return skip("unexpected '\"'", at: position)
      case ...0x20: return .pair(key: bytes[start..<position], value: "")
      default: position += 1
      }
    }
    return .pair(key: bytes[start..<position], value: "")
  }

  private mutating func value(_ key: ArraySlice<UInt8>) -> Item {
    guard position < bytes.endIndex, bytes[position] > 0x20 else { return .pair(key: key, value: "") }
    if bytes[position] == UInt8(ascii: "\"") { return quoted(key) }
    let start = position
    while position < bytes.endIndex, bytes[position] > 0x20 {
      if bytes[position] == UInt8(ascii: "=") || bytes[position] == UInt8(ascii: "\"") {
        let found = bytes[position] == UInt8(ascii: "=") ? "'='" : "'\"'"
        return skip("unexpected \(found)", at: position)
      }
      position += 1
    }
    return .pair(key: key, value: String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func quoted(_ key: ArraySlice<UInt8>) -> Item {
    let start = position
    position += 1
    while position < bytes.endIndex {
      switch bytes[position] {
      case UInt8(ascii: "\\"): position += 2
      case UInt8(ascii: "\""):
        let inside = bytes[(start + 1)..<position]
        position += 1
        return .pair(key: key, value: JSONScanner.text(inside))
      default: position += 1
      }
    }
    position = bytes.endIndex
    return .failure("logfmt syntax error at pos \(start - bytes.startIndex + 1) : unterminated quoted value")
  }

  /// Passes over the rest of a broken pair.
  private mutating func skip(_ what: String, at place: Int) -> Item {
    while position < bytes.endIndex, bytes[position] > 0x20 { position += 1 }
    return .failure("logfmt syntax error at pos \(place - bytes.startIndex + 1) : \(what)")
  }
}

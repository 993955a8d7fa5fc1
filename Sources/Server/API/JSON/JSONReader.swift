import TelemetryModel

/// Reads the few small JSON bodies that the API takes: one object of strings.
enum JSONReader {
  /// The string members of the object in `bytes`; nil when it is no such object. Other members are an error too.
  static func strings(_ bytes: [UInt8]) -> [String: String]? {
    var cursor = Cursor(bytes: bytes)
    guard cursor.take("{") else { return nil }
    var members: [String: String] = [:]
    if cursor.take("}") { return cursor.isAtEnd ? members : nil }
    repeat {
      guard let key = cursor.string(), cursor.take(":"), let value = cursor.string() else { return nil }
      members[key] = value
    } while cursor.take(",")
    guard cursor.take("}"), cursor.isAtEnd else { return nil }
    return members
  }

  private struct Cursor {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func skipSpaces() {
      while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
    }

    var isAtEnd: Bool {
      mutating get {
        skipSpaces()
        return position == bytes.count
      }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      skipSpaces()
      guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    mutating func string() -> String? {
      guard take("\"") else { return nil }
      var content: [UInt8] = []
      while position < bytes.count {
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return String(validating: content, as: UTF8.self)
        case UInt8(ascii: "\\"):
          guard let escaped = escape() else { return nil }
          content += escaped
        case 0..<0x20: return nil
        default: content.append(byte)
        }
      }
      return nil
    }

    private mutating func escape() -> [UInt8]? {
      guard position < bytes.count else { return nil }
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
      case UInt8(ascii: "n"): return [0x0a]
      case UInt8(ascii: "r"): return [0x0d]
      case UInt8(ascii: "t"): return [0x09]
      case UInt8(ascii: "b"): return [0x08]
      case UInt8(ascii: "f"): return [0x0c]
      case UInt8(ascii: "u"): return unicode()
      default: return nil
      }
    }

    private mutating func unicode() -> [UInt8]? {
      guard let first = hex() else { return nil }
      var code = first
      if (0xd800..<0xdc00).contains(first) {
        guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
          bytes[position + 1] == UInt8(ascii: "u")
        else { return nil }
        position += 2
        guard let second = hex(), (0xdc00..<0xe000).contains(second) else { return nil }
        code = 0x10000 + (first - 0xd800) << 10 + (second - 0xdc00)
      }
      return Unicode.Scalar(code).map { Array(String($0).utf8) }
    }

    private mutating func hex() -> UInt32? {
      guard bytes.count - position >= 4 else { return nil }
      defer { position += 4 }
      return UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    }
  }
}

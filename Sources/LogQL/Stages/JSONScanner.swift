/// Why a line is no JSON that a parser takes.
struct JSONFailure: Error {
  let details: String

  static let malformed = JSONFailure(details: "Value looks like object, but can't find closing '}' symbol")
  static let notObject = JSONFailure(details: "expecting json object(6), but it is not")
  static let tooDeep = JSONFailure(details: "the JSON value is nested too deeply")
}

/// A cursor over the JSON of a line.
struct JSONScanner {
  /// Deepest nesting that is read.
  static let depthLimit = 64

  /// A value: what it is and where it stands.
  enum Value {
    /// The bytes between the quotes, escapes not resolved.
    case string(ArraySlice<UInt8>)
    /// A number, `true` or `false` as written.
    case scalar(ArraySlice<UInt8>)
    case null
    case object(ArraySlice<UInt8>)
    case array(ArraySlice<UInt8>)
  }

  let bytes: ArraySlice<UInt8>
  private(set) var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  mutating func skipSpace() {
    while position < bytes.endIndex {
      switch bytes[position] {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      default: return
      }
    }
  }

  /// The next byte that is no space; 0 at the end.
  mutating func peek() -> UInt8 {
    skipSpace()
    return position < bytes.endIndex ? bytes[position] : 0
  }

  mutating func consume(_ byte: UInt8) -> Bool {
    guard peek() == byte, position < bytes.endIndex else { return false }
    position += 1
    return true
  }

  mutating func expect(_ byte: UInt8) throws(JSONFailure) {
    guard consume(byte) else { throw .malformed }
  }

  /// Calls `visit` for each member of the object that begins here, until it returns false.
  mutating func members(
    _ visit: (ArraySlice<UInt8>, Value) throws(JSONFailure) -> Bool
  ) throws(JSONFailure) {
    try expect(UInt8(ascii: "{"))
    if consume(UInt8(ascii: "}")) { return }
    repeat {
      let key = try string()
      try expect(UInt8(ascii: ":"))
      let value = try value(depth: 0)
      guard try visit(key, value) else { return }
    } while consume(UInt8(ascii: ","))
    try expect(UInt8(ascii: "}"))
  }

  /// The elements of the array that begins here.
  mutating func elements() throws(JSONFailure) -> [Value] {
    try expect(UInt8(ascii: "["))
    var elements: [Value] = []
    if consume(UInt8(ascii: "]")) { return elements }
    repeat { elements.append(try value(depth: 0)) } while consume(UInt8(ascii: ","))
    try expect(UInt8(ascii: "]"))
    return elements
  }

  /// The inside of the string that begins here.
  mutating func string() throws(JSONFailure) -> ArraySlice<UInt8> {
    try expect(UInt8(ascii: "\""))
    let start = position
    while position < bytes.endIndex {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        return bytes[start..<(position - 1)]
      case UInt8(ascii: "\\"): position += 2
      default: position += 1
      }
    }
    throw .malformed
  }

  /// The value that begins here; its inside is passed over and checked.
  mutating func value(depth: Int) throws(JSONFailure) -> Value {
    guard depth < JSONScanner.depthLimit else { throw .tooDeep }
    let next = peek()
    let start = position
    switch next {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"):
      position += 1
      if !consume(UInt8(ascii: "}")) {
        repeat {
          _ = try string()
          try expect(UInt8(ascii: ":"))
          _ = try value(depth: depth + 1)
        } while consume(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
      }
      return .object(bytes[start..<position])
    case UInt8(ascii: "["):
      position += 1
      if !consume(UInt8(ascii: "]")) {
        repeat { _ = try value(depth: depth + 1) } while consume(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
      }
      return .array(bytes[start..<position])
    default:
      while position < bytes.endIndex, JSONScanner.isScalarByte(bytes[position]) { position += 1 }
      let text = bytes[start..<position]
      if text.elementsEqual("null".utf8) { return .null }
      guard text.elementsEqual("true".utf8) || text.elementsEqual("false".utf8) || JSONScanner.isNumber(text) else {
        throw .malformed
      }
      return .scalar(text)
    }
  }

  private static func isScalarByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  private static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first, first == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    else { return false }
    return Double(String(decoding: text, as: UTF8.self)) != nil
  }

  /// The text of a string's inside, escapes resolved; broken escapes stay as they are.
  static func text(_ inside: ArraySlice<UInt8>) -> String {
    guard inside.contains(UInt8(ascii: "\\")) else { return String(decoding: inside, as: UTF8.self) }
    var result: [UInt8] = []
    result.reserveCapacity(inside.count)
    var position = inside.startIndex
    while position < inside.endIndex {
      let byte = inside[position]
      position += 1
      guard byte == UInt8(ascii: "\\"), position < inside.endIndex else {
        result.append(byte)
        continue
      }
      let escape = inside[position]
      position += 1
      switch escape {
      case UInt8(ascii: "n"): result.append(0x0a)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "r"): result.append(0x0d)
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0c)
      case UInt8(ascii: "u"): result.append(contentsOf: String(unicode(inside, &position)).utf8)
      default: result.append(escape)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func unicode(_ bytes: ArraySlice<UInt8>, _ position: inout Int) -> Unicode.Scalar {
    guard let first = hex(bytes, position) else { return "\u{fffd}" }
    position += 4
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xdc00, position + 6 <= bytes.endIndex, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u"), let second = hex(bytes, position + 2),
      (0xdc00..<0xe000).contains(second)
    else { return "\u{fffd}" }
    position += 6
    return Unicode.Scalar(0x10000 + ((first & 0x3ff) << 10 | second & 0x3ff)) ?? "\u{fffd}"
  }

  private static func hex(_ bytes: ArraySlice<UInt8>, _ start: Int) -> UInt32? {
    guard start + 4 <= bytes.endIndex else { return nil }
    return UInt32(String(decoding: bytes[start..<(start + 4)], as: UTF8.self), radix: 16)
  }
}

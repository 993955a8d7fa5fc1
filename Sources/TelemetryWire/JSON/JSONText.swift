/// What the strings of OTLP/JSON can stand for: escaped text, hex and base64.
enum JSONText {
  /// Appends the text of the string in `range`, escapes resolved. A lone surrogate becomes U+FFFD and is counted.
  static func unescape(
    _ json: RawSpan, _ range: WireRange, into target: inout GrowableBuffer<UInt8>, _ ledger: inout LedgerBuilder
  ) throws(WireError) {
    var position = range.start
    while position < range.end {
      let byte = unsafe json.unsafeLoad(fromByteOffset: position, as: UInt8.self)
      guard byte == UInt8(ascii: "\\") else {
        target.append(byte)
        position &+= 1
        continue
      }
      guard position &+ 1 < range.end else { throw WireError(.badJSONString, offset: position) }
      let escape = unsafe json.unsafeLoad(fromByteOffset: position &+ 1, as: UInt8.self)
      if escape == UInt8(ascii: "u") {
        let scalar = try unicodeEscape(json, &position, range.end)
        if let scalar {
          for unit in String(scalar).utf8 { target.append(unit) }
        } else {
          ledger.note(.invalidUTF8, json, range)
          target.append(contentsOf: [0xef, 0xbf, 0xbd])
        }
        continue
      }
      guard let plain = plainEscape(escape) else { throw WireError(.badJSONString, offset: position) }
      target.append(plain)
      position &+= 2
    }
  }

  private static func plainEscape(_ escape: UInt8) -> UInt8? {
    switch escape {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): escape
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0c
    case UInt8(ascii: "n"): 0x0a
    case UInt8(ascii: "r"): 0x0d
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  /// Reads `\uXXXX`, with its second half when it is a surrogate pair; nil for a lone surrogate.
  private static func unicodeEscape(
    _ json: RawSpan, _ position: inout Int, _ end: Int
  ) throws(WireError) -> Unicode.Scalar? {
    guard let first = hexUnit(json, position &+ 2, end) else { throw WireError(.badJSONString, offset: position) }
    position &+= 6
    guard first & 0xf800 == 0xd800 else { return Unicode.Scalar(first) }
    guard first < 0xdc00, end &- position >= 6,
      unsafe json.unsafeLoad(fromByteOffset: position, as: UInt8.self) == UInt8(ascii: "\\"),
      unsafe json.unsafeLoad(fromByteOffset: position &+ 1, as: UInt8.self) == UInt8(ascii: "u"),
      let second = hexUnit(json, position &+ 2, end), second & 0xfc00 == 0xdc00
    else { return nil }
    position &+= 6
    return Unicode.Scalar(0x10000 &+ ((first & 0x3ff) << 10 | second & 0x3ff))
  }

  private static func hexUnit(_ json: RawSpan, _ start: Int, _ end: Int) -> UInt32? {
    guard end &- start >= 4 else { return nil }
    var value: UInt32 = 0
    for index in start..<start + 4 {
      guard let digit = hexDigit(unsafe json.unsafeLoad(fromByteOffset: index, as: UInt8.self)) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- UInt8(ascii: "a") &+ 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- UInt8(ascii: "A") &+ 10
    default: nil
    }
  }

  /// Appends the bytes of hex text of either case; false when it is none, with some bytes perhaps appended.
  static func appendHex(
    _ source: borrowing GrowableBuffer<UInt8>, to target: inout GrowableBuffer<UInt8>
  ) -> Bool {
    let text = source.bytes
    guard text.byteCount & 1 == 0 else { return false }
    for index in stride(from: 0, to: text.byteCount, by: 2) {
      guard let high = hexDigit(unsafe text.unsafeLoad(fromByteOffset: index, as: UInt8.self)),
        let low = hexDigit(unsafe text.unsafeLoad(fromByteOffset: index + 1, as: UInt8.self))
      else { return false }
      target.append(high << 4 | low)
    }
    return true
  }

  /// Appends the bytes of base64 text, either alphabet, padded or not; false when it is none, with some bytes perhaps
  /// appended.
  static func appendBase64(
    _ source: borrowing GrowableBuffer<UInt8>, to target: inout GrowableBuffer<UInt8>
  ) -> Bool {
    let text = source.bytes
    var end = text.byteCount
    var padding = 0
    while end > 0, padding < 2, unsafe text.unsafeLoad(fromByteOffset: end - 1, as: UInt8.self) == UInt8(ascii: "=") {
      end -= 1
      padding += 1
    }
    guard end % 4 != 1, padding == 0 || (end + padding) % 4 == 0 else { return false }
    var bits: UInt32 = 0
    var bitCount: UInt32 = 0
    for index in 0..<end {
      guard let digit = base64Digit(unsafe text.unsafeLoad(fromByteOffset: index, as: UInt8.self)) else { return false }
      bits = bits << 6 | UInt32(digit)
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        target.append(UInt8(truncatingIfNeeded: bits >> bitCount))
      }
    }
    return true
  }

  private static func base64Digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte &- UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte &- UInt8(ascii: "a") &+ 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0") &+ 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}

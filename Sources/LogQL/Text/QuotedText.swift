/// Texts in quotes, as Go writes them.
package enum QuotedText {
  /// The text of the inside of double quotes with its escapes resolved; nil when an escape is none.
  package static func unescaped(_ bytes: ArraySlice<UInt8>) -> String? {
    guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
    var result: [UInt8] = []
    var position = bytes.startIndex
    while position < bytes.endIndex {
      let byte = bytes[position]
      position += 1
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        continue
      }
      guard position < bytes.endIndex else { return nil }
      let escape = bytes[position]
      position += 1
      if let plain = plain(escape) {
        result.append(plain)
        continue
      }
      switch escape {
      case UInt8(ascii: "x"):
        guard let value = digits(bytes, &position, count: 2, radix: 16) else { return nil }
        result.append(UInt8(truncatingIfNeeded: value))
      case UInt8(ascii: "u"), UInt8(ascii: "U"):
        guard let value = digits(bytes, &position, count: escape == UInt8(ascii: "u") ? 4 : 8, radix: 16),
          let scalar = Unicode.Scalar(value)
        else { return nil }
        result.append(contentsOf: String(scalar).utf8)
      case UInt8(ascii: "0")...UInt8(ascii: "7"):
        position -= 1
        guard let value = digits(bytes, &position, count: 3, radix: 8), value < 256 else { return nil }
        result.append(UInt8(value))
      default: return nil
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func plain(_ escape: UInt8) -> UInt8? {
    switch escape {
    case UInt8(ascii: "a"): 7
    case UInt8(ascii: "b"): 8
    case UInt8(ascii: "f"): 12
    case UInt8(ascii: "n"): 10
    case UInt8(ascii: "r"): 13
    case UInt8(ascii: "t"): 9
    case UInt8(ascii: "v"): 11
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): escape
    default: nil
    }
  }

  private static func digits(_ bytes: ArraySlice<UInt8>, _ position: inout Int, count: Int, radix: UInt32) -> UInt32? {
    guard bytes.endIndex - position >= count else { return nil }
    var value: UInt32 = 0
    for _ in 0..<count {
      let byte = bytes[position]
      let digit: UInt32
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt32(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = UInt32(byte - UInt8(ascii: "a")) + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = UInt32(byte - UInt8(ascii: "A")) + 10
      default: return nil
      }
      guard digit < radix else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: radix)
      if overflow { return nil }
      value = product &+ digit
      position += 1
    }
    return value
  }

  /// The text in double quotes, with escapes where they are needed.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7f {
          let hex = String(scalar.value, radix: 16)
          result += "\\x" + (hex.count < 2 ? "0" : "") + hex
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}

/// Texts as JSON strings, in quotes and escaped.
package enum JSONQuoting {
  package static func quoted(_ text: String) -> String {
    var text = text
    var bytes: [UInt8] = []
    text.withUTF8 { unsafe append(UnsafeRawBufferPointer($0), to: &bytes) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Copies runs that need no escape at once; invalid UTF-8 becomes U+FFFD.
  package static func append(_ text: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var start = 0
    var isASCII = true
    for index in 0..<text.count {
      let byte = unsafe text[index]
      if byte >= 0x80 { isASCII = false }
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      unsafe appendRun(UnsafeRawBufferPointer(rebasing: text[start..<index]), isASCII: isASCII, to: &bytes)
      appendEscape(byte, to: &bytes)
      start = index + 1
      isASCII = true
    }
    unsafe appendRun(UnsafeRawBufferPointer(rebasing: text[start...]), isASCII: isASCII, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  private static func appendRun(_ run: UnsafeRawBufferPointer, isASCII: Bool, to bytes: inout [UInt8]) {
    if isASCII {
      unsafe bytes.append(contentsOf: run)
    } else {
      bytes.append(contentsOf: unsafe String(decoding: run, as: UTF8.self).utf8)
    }
  }

  private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 0x0a: bytes.append(UInt8(ascii: "n"))
    case 0x0d: bytes.append(UInt8(ascii: "r"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    default:
      let digits = Array("0123456789abcdef".utf8)
      bytes.append(contentsOf: [UInt8(ascii: "u"), 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }
  }
}

extension TemplateFunctions {
  static let encodings: [String: Function] = [
    "b64enc": Function(1) { (arguments, _) throws(TemplateError) in
      .string(base64(Array(try string(arguments[0]).utf8)))
    },
    "b64dec": Function(1) { (arguments, _) throws(TemplateError) in
      guard let bytes = bytes(base64: try string(arguments[0])) else {
        throw TemplateError("illegal base64 data")
      }
      return .string(decoded(bytes))
    },
    "urlencode": Function(1) { (arguments, _) throws(TemplateError) in .string(urlEncoded(try string(arguments[0]))) },
    "urlquery": Function(any) { (arguments, _) in .string(urlEncoded(arguments.map(\.text).joined())) },
    "urldecode": Function(1) { (arguments, _) throws(TemplateError) in
      guard let text = urlDecoded(try string(arguments[0])) else { throw TemplateError("invalid URL escape") }
      return .string(text)
    },
    "html": Function(any) { (arguments, _) in
      .string(
        escaped(arguments.map(\.text).joined(), ["<": "&lt;", ">": "&gt;", "&": "&amp;", "\"": "&#34;", "'": "&#39;"]))
    },
    "js": Function(any) { (arguments, _) in
      .string(
        escaped(
          arguments.map(\.text).joined(),
          [
            "\\": "\\\\", "'": "\\'", "\"": "\\\"", "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D",
            "\n": "\\u000A", "\r": "\\u000D", "\t": "\\u0009",
          ]))
    },
    "fromJson": Function(1) { (arguments, _) throws(TemplateError) in
      let text = try string(arguments[0])
      var scanner = JSONScanner(Array(text.utf8)[...])
      do throws(JSONFailure) {
        let value = try scanner.value(depth: 0)
        return try TemplateFunctions.value(value)
      } catch {
        return .null
      }
    },
  ]

  /// A JSON value as a template sees it. Depth is bounded by the scanner, which has checked the text before.
  private static func value(_ value: JSONScanner.Value) throws(JSONFailure) -> TemplateValue {
    switch value {
    case .null: return .null
    case .string(let inside): return .string(JSONScanner.text(inside))
    case .scalar(let bytes):
      let text = decoded(bytes)
      if text == "true" || text == "false" { return .bool(text == "true") }
      return .float(Double(text) ?? 0)
    case .object(let bytes):
      var entries: [String: TemplateValue] = [:]
      var inner = JSONScanner(bytes)
      try inner.members { (key, member) throws(JSONFailure) in
        entries[JSONScanner.text(key)] = try TemplateFunctions.value(member)
        return true
      }
      return .map(entries)
    case .array(let bytes):
      var values: [TemplateValue] = []
      var inner = JSONScanner(bytes)
      for element in try inner.elements() { values.append(try TemplateFunctions.value(element)) }
      return .list(values)
    }
  }

  private static func escaped(_ text: String, _ escapes: [Unicode.Scalar: String]) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if let escape = escapes[scalar] { result += escape } else { result.unicodeScalars.append(scalar) }
    }
    return result
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static func base64(_ bytes: [UInt8]) -> String {
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for index in 0..<4 {
        let digit = Int(bits >> UInt32(18 - 6 * index) & 63)
        result.append(index <= group.count ? alphabet[digit] : UInt8(ascii: "="))
      }
    }
    return decoded(result)
  }

  private static func bytes(base64 text: String) -> [UInt8]? {
    var digits = Array(text.utf8.filter { $0 != 0x0a && $0 != 0x0d })
    guard digits.count % 4 == 0 else { return nil }
    var padding = 0
    while digits.last == UInt8(ascii: "="), padding < 2 {
      digits.removeLast()
      padding += 1
    }
    var result: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for digit in digits {
      guard let value = alphabet.firstIndex(of: digit) else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return result
  }

  private static func urlEncoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: " "): result += "+"
      default: result += "%" + GoNumber.hex(byte, isUpper: true)
      }
    }
    return result
  }

  private static func urlDecoded(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var position = 0
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "+"): result.append(0x20)
      case UInt8(ascii: "%"):
        guard position + 2 < bytes.count,
          let value = UInt8(decoded(bytes[(position + 1)...(position + 2)]), radix: 16)
        else { return nil }
        result.append(value)
        position += 2
      default: result.append(bytes[position])
      }
      position += 1
    }
    return decoded(result)
  }
}

/// Go's `printf`.
enum TemplateFormat {
  /// One verb with its flags.
  private struct Directive {
    var flags: Set<UInt8> = []
    var width = 0
    var places: Int?
  }

  static func printf(_ format: String, _ arguments: [TemplateValue]) throws(TemplateError) -> String {
    var result = ""
    var bytes = Array(format.utf8)[...]
    var next = 0
    while let percent = bytes.firstIndex(of: UInt8(ascii: "%")) {
      result += String(decoding: bytes[..<percent], as: UTF8.self)
      bytes = bytes[(percent + 1)...]
      var directive = Directive()
      while let flag = bytes.first, "+-# 0".utf8.contains(flag) {
        directive.flags.insert(flag)
        bytes = bytes.dropFirst()
      }
      directive.width = try number(&bytes) ?? 0
      if bytes.first == UInt8(ascii: ".") {
        bytes = bytes.dropFirst()
        directive.places = try number(&bytes) ?? 0
      }
      guard let scalar = String(decoding: bytes.prefix(4), as: UTF8.self).unicodeScalars.first, !bytes.isEmpty else {
        return result + "%!(NOVERB)"
      }
      bytes = bytes.dropFirst(String(scalar).utf8.count)
      if scalar == "%" {
        result += "%"
        continue
      }
      guard next < arguments.count else {
        result += "%!\(scalar)(MISSING)"
        continue
      }
      result += padded(formatted(arguments[next], scalar, directive), directive)
      next += 1
    }
    result += String(decoding: bytes, as: UTF8.self)
    if next < arguments.count {
      result += "%!(EXTRA " + arguments[next...].map { "\($0.typeName)=\($0.text)" }.joined(separator: ", ") + ")"
    }
    return result
  }

  private static func number(_ bytes: inout ArraySlice<UInt8>) throws(TemplateError) -> Int? {
    let digits = bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !digits.isEmpty else { return nil }
    bytes = bytes.dropFirst(digits.count)
    guard let value = Int(String(decoding: digits, as: UTF8.self)), value <= 10_000 else {
      throw TemplateError("printf: the width is too large")
    }
    return value
  }

  private static func padded(_ text: String, _ directive: Directive) -> String {
    let missing = directive.width - text.unicodeScalars.count
    guard missing > 0 else { return text }
    if directive.flags.contains(UInt8(ascii: "-")) { return text + String(repeating: " ", count: missing) }
    guard directive.flags.contains(UInt8(ascii: "0")) else { return String(repeating: " ", count: missing) + text }
    let sign = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.prefix(1)) : ""
    return sign + String(repeating: "0", count: missing) + text.dropFirst(sign.count)
  }

  private static func formatted(_ value: TemplateValue, _ verb: Unicode.Scalar, _ directive: Directive) -> String {
    switch (verb, value) {
    case ("v", _): return value.text
    case ("T", _): return value.typeName
    case ("s", .string(let text)): return directive.places.map { String(text.prefix($0)) } ?? text
    case ("s", .list), ("s", .map), ("s", .labels), ("s", .time): return value.text
    case ("q", .string(let text)): return QuotedText.quoted(text)
    case ("x", .string(let text)): return text.utf8.map { GoNumber.hex($0, isUpper: false) }.joined()
    case ("X", .string(let text)): return text.utf8.map { GoNumber.hex($0, isUpper: true) }.joined()
    case ("t", .bool(let flag)): return flag ? "true" : "false"
    case ("d", .int(let number)): return sign(number >= 0, directive) + String(number)
    case ("x", .int(let number)): return String(number, radix: 16)
    case ("X", .int(let number)): return String(number, radix: 16, uppercase: true)
    case ("o", .int(let number)): return String(number, radix: 8)
    case ("b", .int(let number)): return String(number, radix: 2)
    case ("c", .int(let number)): return Unicode.Scalar(UInt32(clamping: number)).map { String($0) } ?? "\u{fffd}"
    case ("f", .float(let number)), ("F", .float(let number)):
      return sign(number >= 0, directive) + GoNumber.fixedText(number, places: directive.places ?? 6)
    case ("g", .float(let number)): return sign(number >= 0, directive) + GoNumber.shortText(number)
    case ("e", .float(let number)): return GoNumber.exponentText(number, places: directive.places ?? 6)
    default: return "%!\(verb)(\(value.typeName)=\(value.text))"
    }
  }

  private static func sign(_ isPositive: Bool, _ directive: Directive) -> String {
    guard isPositive else { return "" }
    if directive.flags.contains(UInt8(ascii: "+")) { return "+" }
    return directive.flags.contains(UInt8(ascii: " ")) ? " " : ""
  }
}

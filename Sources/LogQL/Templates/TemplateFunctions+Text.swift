import TelemetryText

extension TemplateFunctions {
  /// Bytes that a function may make out of few.
  private static let repeatLimit = 1 << 20

  /// Functions of one text.
  private static func unary(_ body: @escaping @Sendable (String) -> String) -> Function {
    Function(1) { (arguments, _) throws(TemplateError) in .string(body(try string(arguments[0]))) }
  }

  /// Functions of two texts.
  private static func binary(_ body: @escaping @Sendable (String, String) -> TemplateValue) -> Function {
    Function(2) { (arguments, _) throws(TemplateError) in
      body(try string(arguments[0]), try string(arguments[1]))
    }
  }

  static let text: [String: Function] = [
    "lower": unary { $0.lowercased() }, "ToLower": unary { $0.lowercased() },
    "upper": unary { $0.uppercased() }, "ToUpper": unary { $0.uppercased() },
    "title": unary(titled),
    "trim": unary(\.trimmed), "TrimSpace": unary(\.trimmed),
    "Trim": binary { .string(trimmed($0, $1)) },
    "TrimLeft": binary { .string(trimmed($0, $1, atEnd: false)) },
    "TrimRight": binary { .string(trimmed($0, $1, atStart: false)) },
    "trimAll": binary { .string(trimmed($1, $0)) },
    "TrimPrefix": binary { .string($0.withoutPrefix($1)) }, "trimPrefix": binary { .string($1.withoutPrefix($0)) },
    "TrimSuffix": binary { .string($0.withoutSuffix($1)) }, "trimSuffix": binary { .string($1.withoutSuffix($0)) },
    "hasPrefix": binary { .bool($1.hasPrefix($0)) }, "hasSuffix": binary { .bool($1.hasSuffix($0)) },
    "contains": binary { .bool(ByteSearch.contains(Array($0.utf8), in: Array($1.utf8)[...])) },
    "replace": Function(3) { (arguments, _) throws(TemplateError) in
      .string(replaced(try string(arguments[2]), try string(arguments[0]), try string(arguments[1]), -1))
    },
    "Replace": Function(4) { (arguments, _) throws(TemplateError) in
      .string(
        replaced(try string(arguments[0]), try string(arguments[1]), try string(arguments[2]), try int(arguments[3])))
    },
    "repeat": Function(2) { (arguments, _) throws(TemplateError) in
      let text = try string(arguments[1])
      let count = try int(arguments[0])
      guard count >= 0 else { throw TemplateError("strings: negative Repeat count") }
      guard text.isEmpty || count <= repeatLimit / text.utf8.count else { throw TemplateError("the text is too long") }
      return .string(String(repeating: text, count: text.isEmpty ? 0 : count))
    },
    "trunc": Function(2) { (arguments, _) throws(TemplateError) in
      let count = try int(arguments[0])
      let bytes = Array(try string(arguments[1]).utf8)
      if count < 0 { return .string(decoded(bytes.suffix(count == .min ? .max : -count))) }
      return .string(decoded(bytes.prefix(count)))
    },
    "substr": Function(3) { (arguments, _) throws(TemplateError) in
      let bytes = Array(try string(arguments[2]).utf8)
      let start = try int(arguments[0])
      let end = try int(arguments[1])
      let upper = end < 0 || end > bytes.count ? bytes.count : end
      let lower = start < 0 ? 0 : start
      return .string(lower < upper ? decoded(bytes[lower..<upper]) : "")
    },
    "alignLeft": Function(2) { (arguments, _) throws(TemplateError) in
      .string(try aligned(try string(arguments[1]), try int(arguments[0]), isLeft: true))
    },
    "alignRight": Function(2) { (arguments, _) throws(TemplateError) in
      .string(try aligned(try string(arguments[1]), try int(arguments[0]), isLeft: false))
    },
    "indent": Function(2) { (arguments, _) throws(TemplateError) in
      .string(try indented(try string(arguments[1]), try int(arguments[0])))
    },
    "nindent": Function(2) { (arguments, _) throws(TemplateError) in
      .string("\n" + (try indented(try string(arguments[1]), try int(arguments[0]))))
    },
    "count": Function(2) { (arguments, _) throws(TemplateError) in
      let expression = try expression(arguments[0])
      let bytes = Array(try string(arguments[1]).utf8)
      return .int(Int64(matches(expression, bytes).count))
    },
    "regexReplaceAll": Function(3) { (arguments, _) throws(TemplateError) in
      try replacedMatches(arguments, isLiteral: false)
    },
    "regexReplaceAllLiteral": Function(3) { (arguments, _) throws(TemplateError) in
      try replacedMatches(arguments, isLiteral: true)
    },
    "__line__": Function(0) { (_, row) in .string(decoded(row.line)) },
  ]

  static func decoded(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func titled(_ text: String) -> String {
    var isStart = true
    var result = ""
    for character in text {
      result += isStart ? character.uppercased() : String(character)
      isStart = !(character.isLetter || character.isNumber || character == "_" || character == "'")
    }
    return result
  }

  private static func trimmed(_ text: String, _ set: String, atStart: Bool = true, atEnd: Bool = true) -> String {
    let set = Set(set.unicodeScalars)
    var rest = text.unicodeScalars[...]
    while atStart, let first = rest.first, set.contains(first) { rest = rest.dropFirst() }
    while atEnd, let last = rest.last, set.contains(last) { rest = rest.dropLast() }
    return String(rest)
  }

  private static func replaced(_ text: String, _ old: String, _ new: String, _ count: Int) -> String {
    let line = Array(text.utf8)[...]
    let sought = Array(old.utf8)
    guard !sought.isEmpty, count != 0 else { return text }
    var result: [UInt8] = []
    var position = 0
    var done = 0
    while count < 0 || done < count, let found = ByteSearch.index(of: sought, in: line, from: position) {
      result += line[position..<found]
      result += Array(new.utf8)
      position = found + sought.count
      done += 1
    }
    return decoded(result + line[position...])
  }

  private static func aligned(_ text: String, _ width: Int, isLeft: Bool) throws(TemplateError) -> String {
    let scalars = text.unicodeScalars
    guard width >= 0, width <= repeatLimit else { return text }
    if scalars.count == width { return text }
    if scalars.count < width {
      let filler = String(repeating: " ", count: width - scalars.count)
      return isLeft ? text + filler : filler + text
    }
    return String(isLeft ? scalars.prefix(width) : scalars.suffix(width))
  }

  private static func indented(_ text: String, _ width: Int) throws(TemplateError) -> String {
    guard width >= 0, width <= 1000 else { throw TemplateError("the indent is out of range") }
    let filler = String(repeating: " ", count: width)
    return filler + replaced(text, "\n", "\n" + filler, -1)
  }

  private static func expression(_ value: TemplateValue) throws(TemplateError) -> RegularExpression {
    do throws(StageError) {
      return try StageError.compile(try patternText(value), isAnchored: false)
    } catch {
      throw TemplateError(error.message)
    }
  }

  private static func patternText(_ value: TemplateValue) throws(StageError) -> String {
    guard case .string(let text) = value else { throw StageError("expected string; found \(value.text)") }
    return text
  }

  /// All matches that do not overlap, with their groups.
  private static func matches(_ expression: RegularExpression, _ bytes: [UInt8]) -> [[Range<Int>?]] {
    var found: [[Range<Int>?]] = []
    var position = 0
    while position <= bytes.count, let groups = expression.firstMatch(in: bytes.span, from: position),
      let whole = groups.first ?? nil
    {
      found.append(groups)
      position = whole.isEmpty ? whole.upperBound + 1 : whole.upperBound
    }
    return found
  }

  private static func replacedMatches(_ arguments: [TemplateValue], isLiteral: Bool) throws(TemplateError)
    -> TemplateValue
  {
    let expression = try expression(arguments[0])
    let bytes = Array(try string(arguments[1]).utf8)
    let replacement = try string(arguments[2])
    let names = expression.groupNames
    var result: [UInt8] = []
    var position = 0
    for groups in matches(expression, bytes) {
      guard let whole = groups.first ?? nil, whole.lowerBound >= position else { continue }
      result += bytes[position..<whole.lowerBound]
      result +=
        isLiteral
        ? Array(replacement.utf8)
        : ReplacementTemplate.expanded(replacement, groups: groups, names: names, in: bytes[...])
      position = whole.upperBound
      guard result.count <= repeatLimit * 4 else { throw TemplateError("the text is too long") }
    }
    return .string(decoded(result + bytes[position...]))
  }
}

extension String {
  fileprivate func withoutPrefix(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }

  fileprivate func withoutSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}

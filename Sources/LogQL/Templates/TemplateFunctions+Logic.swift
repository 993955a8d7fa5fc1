extension TemplateFunctions {
  /// A comparison of numbers or of texts.
  private static func ordering(_ holds: @escaping @Sendable (Int) -> Bool) -> Function {
    Function(2) { (arguments, _) throws(TemplateError) in
      .bool(holds(try order(arguments[0], arguments[1])))
    }
  }

  static let logic: [String: Function] = [
    "and": Function(1...Int.max) { (arguments, _) in arguments.first { !$0.isTrue } ?? arguments[arguments.count - 1] },
    "or": Function(1...Int.max) { (arguments, _) in arguments.first { $0.isTrue } ?? arguments[arguments.count - 1] },
    "not": Function(1) { (arguments, _) in .bool(!arguments[0].isTrue) },
    "eq": Function(2...Int.max) { (arguments, _) throws(TemplateError) in
      for other in arguments.dropFirst() where try isEqual(arguments[0], other) { return .bool(true) }
      return .bool(false)
    },
    "ne": Function(2) { (arguments, _) throws(TemplateError) in .bool(!(try isEqual(arguments[0], arguments[1]))) },
    "lt": ordering { $0 < 0 }, "le": ordering { $0 <= 0 }, "gt": ordering { $0 > 0 }, "ge": ordering { $0 >= 0 },
    "default": Function(1...2) { (arguments, _) in
      arguments.count == 2 && arguments[1].isTrue ? arguments[1] : arguments[0]
    },
    "print": Function(any) { (arguments, _) in .string(printed(arguments)) },
    "println": Function(any) { (arguments, _) in
      .string(arguments.map(\.text).joined(separator: " ") + "\n")
    },
    "printf": Function(1...Int.max) { (arguments, _) throws(TemplateError) in
      .string(try TemplateFormat.printf(try string(arguments[0]), Array(arguments.dropFirst())))
    },
    "len": Function(1) { (arguments, _) throws(TemplateError) in
      switch arguments[0] {
      case .string(let text): return .int(Int64(text.utf8.count))
      case .list(let values): return .int(Int64(values.count))
      case .map(let entries): return .int(Int64(entries.count))
      case .labels(let labels): return .int(Int64(labels.entries.count))
      default: throw TemplateError("len of type \(arguments[0].typeName)")
      }
    },
    "index": Function(1...Int.max) { (arguments, _) throws(TemplateError) in
      var value = arguments[0]
      for key in arguments.dropFirst() { value = try element(value, key) }
      return value
    },
    "slice": Function(1...4) { (arguments, _) throws(TemplateError) in try sliced(arguments) },
  ]

  /// Go's `Print`: a space only between values that are both no texts.
  private static func printed(_ values: [TemplateValue]) -> String {
    var result = ""
    var wasText = true
    for (index, value) in values.enumerated() {
      var isText = false
      if case .string = value { isText = true }
      if index > 0, !isText, !wasText { result += " " }
      result += value.text
      wasText = isText
    }
    return result
  }

  private static func isEqual(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateError) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.null, _), (_, .null): false
    case (.bool(let left), .bool(let right)): left == right
    case (.int(let left), .int(let right)): left == right
    case (.float(let left), .float(let right)): left == right
    case (.string(let left), .string(let right)): left == right
    default: throw TemplateError("incompatible types for comparison")
    }
  }

  private static func order(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateError) -> Int {
    switch (left, right) {
    case (.int(let left), .int(let right)): left < right ? -1 : left == right ? 0 : 1
    case (.float(let left), .float(let right)): left < right ? -1 : left == right ? 0 : 1
    case (.string(let left), .string(let right)):
      left == right ? 0 : left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    default: throw TemplateError("incompatible types for comparison")
    }
  }

  private static func element(_ value: TemplateValue, _ key: TemplateValue) throws(TemplateError) -> TemplateValue {
    switch (value, key) {
    case (.labels(let labels), .string(let name)): return .string(labels[name] ?? "")
    case (.map(let entries), .string(let name)): return entries[name] ?? .null
    case (.list(let values), .int(let index)):
      guard let index = Int(exactly: index), values.indices.contains(index) else {
        throw TemplateError("index out of range: \(index)")
      }
      return values[index]
    case (.string(let text), .int(let index)):
      let bytes = Array(text.utf8)
      guard let index = Int(exactly: index), bytes.indices.contains(index) else {
        throw TemplateError("index out of range: \(index)")
      }
      return .int(Int64(bytes[index]))
    default: throw TemplateError("can't index item of type \(value.typeName)")
    }
  }

  private static func sliced(_ arguments: [TemplateValue]) throws(TemplateError) -> TemplateValue {
    let count: Int
    switch arguments[0] {
    case .string(let text): count = text.utf8.count
    case .list(let values): count = values.count
    default: throw TemplateError("can't slice item of type \(arguments[0].typeName)")
    }
    let lower = arguments.count > 1 ? try int(arguments[1]) : 0
    let upper = arguments.count > 2 ? try int(arguments[2]) : count
    guard lower >= 0, lower <= upper, upper <= count else { throw TemplateError("index out of range: \(upper)") }
    if case .list(let values) = arguments[0] { return .list(Array(values[lower..<upper])) }
    return .string(decoded(Array(try string(arguments[0]).utf8)[lower..<upper]))
  }
}

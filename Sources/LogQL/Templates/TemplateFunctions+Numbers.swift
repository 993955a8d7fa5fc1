import Glibc

extension TemplateFunctions {
  /// Functions that fold whole numbers.
  private static func fold(_ body: @escaping @Sendable (Int64, Int64) throws(TemplateError) -> Int64) -> Function {
    Function(1...Int.max) { (arguments, _) throws(TemplateError) in
      var result = arguments[0].integer
      for argument in arguments.dropFirst() { result = try body(result, argument.integer) }
      return .int(result)
    }
  }

  /// Functions that fold numbers with fractions.
  private static func foldDouble(_ body: @escaping @Sendable (Double, Double) -> Double) -> Function {
    Function(1...Int.max) { (arguments, _) in
      .float(arguments.dropFirst().reduce(arguments[0].double) { body($0, $1.double) })
    }
  }

  static let numbers: [String: Function] = [
    "add": fold { (left, right) in left &+ right },
    "sub": fold { (left, right) in left &- right },
    "mul": fold { (left, right) in left &* right },
    "div": fold { (left, right) throws(TemplateError) in
      guard right != 0 else { throw TemplateError("runtime error: integer divide by zero") }
      return left.dividedReportingOverflow(by: right).partialValue
    },
    "mod": fold { (left, right) throws(TemplateError) in
      guard right != 0 else { throw TemplateError("runtime error: integer divide by zero") }
      return left.remainderReportingOverflow(dividingBy: right).partialValue
    },
    "max": fold { (left, right) in Swift.max(left, right) },
    "min": fold { (left, right) in Swift.min(left, right) },
    "addf": foldDouble { $0 + $1 }, "subf": foldDouble { $0 - $1 }, "mulf": foldDouble { $0 * $1 },
    "divf": foldDouble { $0 / $1 }, "maxf": foldDouble { Swift.max($0, $1) }, "minf": foldDouble { Swift.min($0, $1) },
    "ceil": Function(1) { (arguments, _) in .float(arguments[0].double.rounded(.up)) },
    "floor": Function(1) { (arguments, _) in .float(arguments[0].double.rounded(.down)) },
    "round": Function(2...3) { (arguments, _) in
      let places = pow(10, arguments[1].double)
      let scaled = arguments[0].double * places
      let up = arguments.count > 2 ? arguments[2].double : 0.5
      let fraction = scaled - scaled.rounded(.towardZero)
      let isUp = abs(fraction) >= up
      let whole = isUp ? (scaled < 0 ? scaled.rounded(.down) : scaled.rounded(.up)) : scaled.rounded(.towardZero)
      return .float(whole / places)
    },
    "int": Function(1) { (arguments, _) in .int(arguments[0].integer) },
    "float64": Function(1) { (arguments, _) in .float(arguments[0].double) },
    "bytes": Function(1) { (arguments, _) throws(TemplateError) in
      let text = try string(arguments[0])
      guard let size = ByteSize.bytes(text) else { throw TemplateError("unhandled size name: \(text)") }
      return .float(Double(size))
    },
    "duration": Function(1) { (arguments, _) throws(TemplateError) in try seconds(arguments[0]) },
    "duration_seconds": Function(1) { (arguments, _) throws(TemplateError) in try seconds(arguments[0]) },
  ]

  private static func seconds(_ value: TemplateValue) throws(TemplateError) -> TemplateValue {
    let text = try string(value)
    guard let nanoseconds = GoDuration.nanoseconds(text) else {
      throw TemplateError("time: invalid duration \(QuotedText.quoted(text))")
    }
    return .float(Double(nanoseconds) / 1e9)
  }
}

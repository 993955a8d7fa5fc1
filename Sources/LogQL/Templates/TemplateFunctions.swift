/// The functions that templates may call.
enum TemplateFunctions {
  /// A function: its arguments in order, and the line for those that look at it.
  typealias Body = @Sendable ([TemplateValue], PipelineRow) throws(TemplateError) -> TemplateValue

  /// A function with the number of arguments it takes.
  struct Function: Sendable {
    let arity: ClosedRange<Int>
    let body: Body

    init(_ arity: ClosedRange<Int>, _ body: @escaping Body) {
      self.arity = arity
      self.body = body
    }

    init(_ arity: Int, _ body: @escaping Body) { self.init(arity...arity, body) }
  }

  static var names: Dictionary<String, Function>.Keys { functions.keys }

  private static let functions: [String: Function] =
    text.merging(numbers) { $1 }.merging(times) { $1 }.merging(logic) { $1 }.merging(encodings) { $1 }

  /// As many arguments as the caller has.
  static let any = 0...Int.max

  static func call(_ name: String, _ arguments: [TemplateValue], row: PipelineRow) throws(TemplateError)
    -> TemplateValue
  {
    guard let function = functions[name] else { throw TemplateError("function \"\(name)\" not defined") }
    guard function.arity.contains(arguments.count) else {
      throw TemplateError(
        "wrong number of args for \(name): want \(function.arity.lowerBound) got \(arguments.count)")
    }
    do throws(TemplateError) {
      return try function.body(arguments, row)
    } catch {
      throw TemplateError("error calling \(name): \(error.message)")
    }
  }

  /// A text argument; numbers are no texts, as in Go.
  static func string(_ value: TemplateValue) throws(TemplateError) -> String {
    switch value {
    case .string(let text): return text
    case .null: throw TemplateError("expected string; found <no value>")
    default: throw TemplateError("expected string; found \(value.text)")
    }
  }

  static func int(_ value: TemplateValue) throws(TemplateError) -> Int {
    guard case .int(let number) = value else { throw TemplateError("expected integer; found \(value.text)") }
    return Int(number)
  }
}

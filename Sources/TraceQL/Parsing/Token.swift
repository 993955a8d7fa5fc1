/// One word of a query.
enum Token: Sendable, Equatable {
  case symbol(String)
  /// A name without a scope: a keyword, an intrinsic or a hint's key.
  case word(String)
  /// `trace:`, `span:`, `event:`, `link:` or `instrumentation:` with the name after it.
  case scopedIntrinsic(scope: String, name: String)
  case attribute(Attribute)
  case string(String)
  case integer(Int64)
  case float(Double)
  /// Nanoseconds.
  case duration(Int64)
  case end

  /// How error messages name it.
  var text: String {
    switch self {
    case .symbol(let symbol): "'\(symbol)'"
    case .word(let word): "'\(word)'"
    case .scopedIntrinsic(let scope, let name): "'\(scope):\(name)'"
    case .attribute(let attribute): "'\(TraceQLPrinter.text(attribute))'"
    case .string: "a string"
    case .integer, .float: "a number"
    case .duration: "a duration"
    case .end: "the end of the query"
    }
  }
}

/// A token and where it begins.
struct PlacedToken: Sendable {
  let token: Token
  let offset: Int
}

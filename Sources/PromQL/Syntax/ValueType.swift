/// What an expression evaluates to.
package enum ValueType: String, Sendable {
  case scalar
  case string
  case vector
  case matrix

  /// The words of error messages.
  package var documented: String {
    switch self {
    case .scalar: "scalar"
    case .string: "string"
    case .vector: "instant vector"
    case .matrix: "range vector"
    }
  }
}

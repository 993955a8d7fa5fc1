/// Why a query has no answer.
package struct PromQLError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kinds of failure.
  package enum Code: String, Sendable {
    /// The text is no PromQL, or its types do not fit.
    case parse
    /// The data do not allow the operation.
    case execution
    /// A limit of samples or bytes.
    case limit
    case cancelled
    /// The source of samples failed.
    case source
  }

  package var code: Code
  /// The words without the position.
  package var message: String
  /// Where in the query, when it is known.
  package var range: SourceRange?
  /// `line:column` of `range`; empty when it is not known.
  package var position = ""

  package init(_ code: Code, _ message: String, at range: SourceRange? = nil, in query: String? = nil) {
    self.code = code
    self.message = message
    self.range = range
    if let range, let query { position = range.position(in: query) }
  }

  package var description: String {
    code == .parse && !position.isEmpty ? "\(position): parse error: \(message)" : message
  }
}

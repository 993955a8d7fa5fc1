/// What is wrong with a question, told so that its author can mend it.
///
/// Expected outcomes (no rows, an unknown trace) are no errors; this is for text that does not parse and for values out of range.
package struct QueryError: Error, Sendable, Hashable {
  /// What kind of mistake; the raw value is `error.code` of the API.
  package enum Code: String, Sendable, Hashable {
    /// The search text does not parse.
    case badQuery = "bad_query"
    /// A filter, field, aggregate, step or limit does not parse or is out of range.
    case badParameter = "bad_parameter"
    /// A time does not parse.
    case badTime = "bad_time"
  }

  package let code: Code
  package let message: String
  /// The request parameter that holds the mistake.
  package var parameter: String?
  /// Where in the parameter, in UTF-8 bytes.
  package var position: Int?
  package var length: Int?
  package var hint: String?

  package init(
    _ code: Code, _ message: String, parameter: String? = nil, position: Int? = nil, length: Int? = nil,
    hint: String? = nil
  ) {
    self.code = code
    self.message = message
    self.parameter = parameter
    self.position = position
    self.length = length
    self.hint = hint
  }
}

/// Why a LogQL query has no answer.
package enum LogQLError: Error, Sendable, Equatable {
  /// The text is no query: what is wrong and where (bytes from its start).
  case syntax(message: String, offset: Int)
  /// The query cannot be evaluated over this data or within its limits.
  case evaluation(String)
}

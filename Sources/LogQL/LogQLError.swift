/// Why a LogQL query has no answer.
package enum LogQLError: Error, Sendable, Equatable {
  /// The text is no query: what is wrong and where (bytes from its start).
  case syntax(message: String, offset: Int)
  /// The query cannot be evaluated over this data.
  case evaluation(String)
  /// The query goes beyond a limit; `operation` names the part of the query that asked for too much.
  case limit(operation: String, message: String)
  /// Too much is in flight or the store is not available; the client may retry.
  case unavailable(String)
  case cancelled

  /// For people: what is wrong, without the offset.
  package var message: String {
    switch self {
    case .syntax(let message, _): message
    case .evaluation(let message): message
    case .limit(let operation, let message): "\(message) in \(operation)"
    case .unavailable(let message): message
    case .cancelled: "the query was cancelled"
    }
  }

  /// The message as Loki's clients know it: a syntax error with its line and column in `query`.
  package func text(in query: String) -> String {
    guard case .syntax(let message, let offset) = self else { return message }
    var line = 1
    var column = 1
    for byte in query.utf8.prefix(offset) {
      column += 1
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      }
    }
    return "parse error at line \(line), col \(column): \(message)"
  }
}

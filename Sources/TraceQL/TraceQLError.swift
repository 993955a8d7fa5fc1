package import TelemetryStore

/// Why a TraceQL query has no answer.
package enum TraceQLError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The text is no query: what is wrong and where (bytes from its start).
  case syntax(message: String, offset: Int)
  /// The text is a query that means nothing: what is wrong and where.
  case invalid(message: String, offset: Int)
  /// The query means something that is not answered: what and where.
  case unsupported(message: String, offset: Int)
  /// The query cannot be evaluated over this data or within its limits.
  case evaluation(String)
  /// The query would hold more memory than it may; `operation` is what asked for more.
  case memoryExhausted(operation: String, limitBytes: Int)
  /// The store has no answer.
  case store(StoreFailure)

  /// Bytes from the start of the text to the mistake; nil when no place of the text is wrong.
  package var offset: Int? {
    switch self {
    case .syntax(_, let offset), .invalid(_, let offset), .unsupported(_, let offset): offset
    case .evaluation, .memoryExhausted, .store: nil
    }
  }

  package var description: String {
    switch self {
    case .syntax(let message, let offset): "parse error at byte \(offset): \(message)"
    case .invalid(let message, let offset): "invalid TraceQL query at byte \(offset): \(message)"
    case .unsupported(let message, let offset): "\(message) not supported (at byte \(offset))"
    case .evaluation(let message): message
    case .memoryExhausted(let operation, let limit): "query memory of \(limit) bytes exhausted by \(operation)"
    case .store(let failure): failure.description
    }
  }
}

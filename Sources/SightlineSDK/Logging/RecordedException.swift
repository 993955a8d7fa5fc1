/// An error that knows where it came from; its stack becomes `exception.stacktrace`.
public protocol StackTracedError: Error {
  /// The calls that led to the error, innermost first, one a line.
  var stackTrace: String { get }
}

/// An error as it is recorded: type, message and stack.
struct RecordedException: Sendable {
  let type: String
  let message: String
  /// The stack that the error brought; nil when it knows none.
  let stackTrace: String?

  /// - Parameter error: described at once, since it may change later.
  init(_ error: any Error) {
    type = ErrorType.name(of: error)
    message = "\(error)"
    stackTrace = (error as? any StackTracedError)?.stackTrace
  }
}

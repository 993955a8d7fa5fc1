#if canImport(Runtime) && os(Linux)
  import Runtime
#endif

/// An error that knows where it came from; its stack becomes `exception.stacktrace`.
public protocol StackTracedError: Error {
  /// The calls that led to the error, innermost first, one a line.
  var stackTrace: String { get }
}

/// An error as it is recorded: type, message and stack.
struct RecordedException: Sendable {
  let type: String
  let message: String
  private let ownStack: String?
  #if canImport(Runtime) && os(Linux)
    private let captured: Backtrace?
  #endif

  /// - Parameters:
  ///   - error: described at once, since it may change later.
  ///   - capturesStack: whether the calls that led here are taken for an error that does not bring its own. Names are
  ///     looked up later, on the export task.
  init(_ error: any Error, capturesStack: Bool) {
    type = ErrorType.name(of: error)
    message = "\(error)"
    ownStack = (error as? any StackTracedError)?.stackTrace
    #if canImport(Runtime) && os(Linux)
      // A stack that cannot be walked is a record without one.
      captured = capturesStack && ownStack == nil ? try? Backtrace.capture(limit: 64, offset: 1) : nil
    #endif
  }

  /// The stack as text; nil when none is known. Looks names up in the program's symbols: milliseconds.
  func stackTrace() -> String? {
    if let ownStack { return ownStack }
    #if canImport(Runtime) && os(Linux)
      guard let frames = captured?.symbolicated()?.frames else { return nil }
      return frames.map { frame in
        guard let symbol = frame.symbol else { return "\(frame.captured)" }
        let place = symbol.sourceLocation.map { " at \($0.path):\($0.line)" } ?? ""
        return "\(symbol.name)\(place)"
      }.joined(separator: "\n")
    #else
      return nil
    #endif
  }
}

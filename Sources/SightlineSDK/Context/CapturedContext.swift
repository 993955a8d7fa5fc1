public import Instrumentation

/// The context of one moment, taken along to where task-local values do not go: detached tasks, callbacks of futures,
/// queues, and values that pass through streams.
///
/// ```swift
/// let captured = CapturedContext()
/// future.whenSuccess(captured.wrap { value in logger.info("done") })   // belongs to the span of the caller
/// ```
public struct CapturedContext: Sendable {
  /// What was captured; nil when there was no context.
  public let context: InstrumentationContext?

  /// The context that is current now.
  public init() { context = InstrumentationContext.current }

  /// A context from elsewhere.
  public init(_ context: InstrumentationContext?) { self.context = context }

  /// Runs `body` under the context.
  public func run<Result>(_ body: () throws -> Result) rethrows -> Result {
    try InstrumentationContext.withValue(context, operation: body)
  }

  /// Runs `body` under the context, on the caller's actor.
  public func run<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
  ) async rethrows -> Result {
    try await InstrumentationContext.withValue(context, isolation: isolation, operation: body)
  }

  /// The callback, which then runs under the context wherever it is called.
  public func wrap<each Argument, Result>(
    _ callback: @escaping @Sendable (repeat each Argument) -> Result
  ) -> @Sendable (repeat each Argument) -> Result {
    { (argument: repeat each Argument) in
      InstrumentationContext.withValue(context) { callback(repeat each argument) }
    }
  }
}

/// A value with the context of whoever made it, for streams, channels and queues: their consumer runs in a context of its
/// own.
///
/// ```swift
/// continuation.yield(InContext(order))                                  // the producer
/// for await order in stream { await order.run { await ship($0) } }      // the consumer
/// ```
public struct InContext<Value: Sendable>: Sendable {
  /// The value.
  public let value: Value
  /// Where it was made.
  public let captured: CapturedContext

  /// A value of the current context.
  public init(_ value: Value) {
    self.value = value
    captured = CapturedContext()
  }

  /// Handles the value under its context.
  public func run<Result>(_ body: (Value) throws -> Result) rethrows -> Result {
    try captured.run { try body(value) }
  }

  /// Handles the value under its context, on the caller's actor.
  public func run<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (Value) async throws -> Result
  ) async rethrows -> Result {
    try await captured.run(isolation: isolation) { try await body(value) }
  }
}

extension Task where Failure == any Error {
  /// A detached task that keeps the context: its spans and logs belong to the current span.
  @discardableResult
  public static func detachedInContext(
    priority: TaskPriority? = nil, operation: @escaping @Sendable () async throws -> Success
  ) -> Task<Success, any Error> {
    let captured = CapturedContext()
    return Task.detached(priority: priority) { try await captured.run(operation) }
  }
}

extension Task where Failure == Never {
  /// A detached task that keeps the context: its spans and logs belong to the current span.
  @discardableResult
  public static func detachedInContext(
    priority: TaskPriority? = nil, operation: @escaping @Sendable () async -> Success
  ) -> Task<Success, Never> {
    let captured = CapturedContext()
    return Task.detached(priority: priority) { await captured.run(operation) }
  }
}

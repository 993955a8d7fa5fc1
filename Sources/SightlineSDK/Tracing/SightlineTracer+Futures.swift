public import NIOCore
public import Tracing

extension SightlineTracer {
  /// A span over the work of a future: it ends when the future does, with its error.
  ///
  /// `operation` runs under the span; callbacks of the future do not, unless ``CapturedContext/wrap(_:)`` takes the
  /// context along.
  public func withSpan<Value>(
    _ operationName: String, ofKind kind: SpanKind = .internal, function: String = #function,
    file fileID: String = #fileID, line: UInt = #line, future operation: (SightlineSpan) -> EventLoopFuture<Value>
  ) -> EventLoopFuture<Value> {
    let span = startSpan(
      operationName, context: .current ?? .topLevel, ofKind: kind, at: DefaultTracerClock.now, function: function,
      file: fileID, line: line)
    let future = InstrumentationContext.withValue(span.context) { operation(span) }
    future.whenComplete { result in
      if case .failure(let error) = result {
        span.recordError(error)
        span.setStatus(SpanStatus(code: .error))
      }
      span.end()
    }
    return future
  }
}

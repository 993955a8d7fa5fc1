import Logging
import Synchronization
import Tracing

/// The growing record of one span, shared by every copy of its handle.
final class SpanRecorder: Sendable {
  private struct State {
    var name: String
    var attributes = SpanAttributes([:])
    var events: [SpanEvent] = []
    var droppedEventCount = 0
    var links: [SpanLink] = []
    var droppedLinkCount = 0
    var status: SpanStatus?
    var errorMessage: String?
    var isEnded = false
  }

  let traceID: TraceID
  let spanID: SpanID
  let flags: TraceFlags
  let traceState: TraceState
  private let parentSpanID: SpanID
  private let parentIsRemote: Bool
  private let kind: SpanKind
  private let scope: String
  private let startNanoseconds: UInt64
  private let limits: RecordLimits
  private let state: Mutex<State>
  private let tracer: SightlineTracer

  init(start: SpanStart, context: SpanContext, limits: RecordLimits, tracer: SightlineTracer) {
    traceID = context.traceID
    spanID = context.spanID
    flags = context.flags
    traceState = context.traceState
    parentSpanID = start.parent?.spanID ?? SpanID(0)
    parentIsRemote = start.parent?.isRemote ?? false
    kind = start.kind
    scope = start.scope
    startNanoseconds = start.nanoseconds
    self.limits = limits
    self.tracer = tracer
    state = Mutex(State(name: start.name))
  }

  var isRecording: Bool { state.withLock { !$0.isEnded } }

  var name: String {
    get { state.withLock { $0.name } }
    set { state.withLock { if !$0.isEnded { $0.name = newValue } } }
  }

  var attributes: SpanAttributes {
    get { state.withLock { $0.attributes } }
    set { state.withLock { if !$0.isEnded { $0.attributes = newValue } } }
  }

  /// The last status wins, but nothing takes back an explicit `ok`.
  func setStatus(_ status: SpanStatus) {
    state.withLock { state in
      if state.isEnded || state.status?.code == .ok { return }
      state.status = status
    }
  }

  func addEvent(_ event: SpanEvent) {
    state.withLock { state in
      if state.isEnded { return }
      if state.events.count < limits.eventCount { state.events.append(event) } else { state.droppedEventCount += 1 }
    }
  }

  func addLink(_ link: SpanLink) {
    state.withLock { state in
      if state.isEnded || link.context.spanContext == nil { return }
      if state.links.count < limits.linkCount { state.links.append(link) } else { state.droppedLinkCount += 1 }
    }
  }

  /// Adds an `exception` event, or a log record, and the error's type as `error.type` unless there is one.
  func recordError(_ error: any Error, attributes: SpanAttributes, nanoseconds: UInt64) {
    let exception = RecordedException(error)
    if tracer.exceptions.signal != .logs {
      var event = SpanEvent(
        name: "exception", at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: nanoseconds), attributes: attributes)
      event.attributes["exception.type"] = exception.type
      event.attributes["exception.message"] = exception.message
      if let stack = exception.stackTrace { event.attributes["exception.stacktrace"] = stack }
      addEvent(event)
    }
    let isOpen = state.withLock { state in
      if state.isEnded { return false }
      state.errorMessage = exception.message
      if state.attributes["error.type"] == nil { state.attributes["error.type"] = exception.type }
      return true
    }
    guard isOpen, tracer.exceptions.signal != .spanEvents else { return }
    var record = PendingLogRecord(
      label: scope, timeNanoseconds: nanoseconds, level: .error, message: "\(exception.message)",
      metadata: [LogEncoder.eventNameKey: "exception"],
      span: SpanContext(traceID: traceID, spanID: spanID, flags: flags, traceState: traceState, isRemote: false))
    record.attributes = attributes
    record.exception = exception
    tracer.exceptions.log(record)
  }

  /// Closes the record and hands it to the export queue; a second end does nothing.
  func end(nanoseconds: UInt64) {
    let ended: State? = state.withLock { state in
      if state.isEnded { return nil }
      state.isEnded = true
      if let status = state.status, status.code == .error, status.message == nil {
        state.status = SpanStatus(code: .error, message: state.errorMessage)
      }
      return state
    }
    guard let ended else { return }
    tracer.take(
      EndedSpan(
        scope: scope,
        context: SpanContext(traceID: traceID, spanID: spanID, flags: flags, traceState: traceState, isRemote: false),
        parentSpanID: parentSpanID, parentIsRemote: parentIsRemote, name: ended.name, kind: kind,
        startNanoseconds: startNanoseconds, endNanoseconds: nanoseconds, attributes: ended.attributes,
        events: ended.events, droppedEventCount: ended.droppedEventCount, links: ended.links,
        droppedLinkCount: ended.droppedLinkCount, status: ended.status))
  }
}

/// What is known when a span starts.
struct SpanStart: Sendable {
  var name: String
  var kind: SpanKind
  var scope: String
  var nanoseconds: UInt64
  var parent: SpanContext?
}

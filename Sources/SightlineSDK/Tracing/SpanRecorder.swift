import Logging
import Synchronization
import Tracing

/// The growing record of one span, shared by every copy of its handle; once it has ended it waits for export as it is.
final class SpanRecorder: SpanReference, ExportRecord, @unchecked Sendable {
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
    var endNanoseconds: UInt64 = 0
    /// How many writers have the attributes at present, see ``SpanRecorder/lendAttributes()``.
    var loanCount = 0
    /// Whether the span waits for export and no longer changes.
    var isHandedOn: Bool { isEnded && loanCount == 0 }
  }

  private let parentSpanID: SpanID
  private let parentIsRemote: Bool
  private let kind: SpanKind
  private let fileID: String
  private let startNanoseconds: UInt64
  private let limits: RecordLimits
  private let state: Mutex<State>
  private let tracer: SightlineTracer

  /// - Parameters:
  ///   - identity: the context of the new span.
  ///   - parent: the context of the span above.
  ///   - fileID: the file that starts the span, after its module.
  init(
    _ name: String, kind: SpanKind, identity: SpanContext, parent: SpanContext?, fileID: String, nanoseconds: UInt64,
    limits: RecordLimits, tracer: SightlineTracer
  ) {
    parentSpanID = parent?.spanID ?? SpanID(0)
    parentIsRemote = parent?.isRemote ?? false
    self.kind = kind
    self.fileID = fileID
    startNanoseconds = nanoseconds
    self.limits = limits
    self.tracer = tracer
    state = Mutex(State(name: name))
    super.init(identity)
  }

  override var spanContext: SpanContext {
    SpanContext(
      traceID: identity.traceID, spanID: identity.spanID, flags: identity.flags, traceState: identity.traceState,
      isRemote: false, recorder: self, callerDecision: identity.callerDecision)
  }

  /// The instrumentation scope: `Module` of `Module/File.swift`.
  private var scope: String {
    guard let slash = fileID.utf8.firstIndex(of: 0x2f) else { return fileID }
    return String(fileID[..<slash])
  }

  var itemCount: Int { 1 }

  var isRecording: Bool { state.withLock { !$0.isEnded } }

  var name: String {
    get { state.withLock { $0.name } }
    set { state.withLock { if !$0.isEnded { $0.name = newValue } } }
  }

  var attributes: SpanAttributes {
    get { state.withLock { $0.attributes } }
    set { state.withLock { if !$0.isEnded { $0.attributes = newValue } } }
  }

  /// Takes the attributes out, so that they are changed in place; ``returnAttributes(_:)`` must follow.
  ///
  /// The lock is not held meanwhile, since code of the caller may run. A span that ends meanwhile is handed on when they
  /// are back. One that was handed on lends nothing, and what comes back is ignored.
  func lendAttributes() -> SpanAttributes {
    state.withLock { state in
      if state.isHandedOn { return [:] }
      state.loanCount += 1
      var lent = SpanAttributes([:])
      swap(&lent, &state.attributes)
      return lent
    }
  }

  /// Puts lent attributes back; they win over what others have set meanwhile.
  func returnAttributes(_ lent: consuming SpanAttributes) {
    let isComplete = state.withLock { state in
      if state.isHandedOn { return false }
      state.loanCount -= 1
      if state.attributes.isEmpty {
        swap(&lent, &state.attributes)
      } else {
        state.attributes.merge(lent)
      }
      return state.isHandedOn
    }
    if isComplete { tracer.take(self) }
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
      span: identity)
    record.attributes = attributes
    record.exception = exception
    tracer.exceptions.log(record)
  }

  /// Closes the record and hands it to the export queue; a second end does nothing.
  func end(nanoseconds: UInt64) {
    let isComplete = state.withLock { state in
      if state.isEnded { return false }
      state.isEnded = true
      state.endNanoseconds = nanoseconds
      if let status = state.status, status.code == .error, status.message == nil {
        state.status = SpanStatus(code: .error, message: state.errorMessage)
      }
      return state.isHandedOn
    }
    if isComplete { tracer.take(self) }
  }

  /// The span as it is exported; for spans that have ended.
  var ended: EndedSpan {
    state.withLock { state in
      EndedSpan(
        scope: scope,
        context: identity,
        parentSpanID: parentSpanID, parentIsRemote: parentIsRemote, name: state.name, kind: kind,
        startNanoseconds: startNanoseconds, endNanoseconds: state.endNanoseconds, attributes: state.attributes,
        events: state.events, droppedEventCount: state.droppedEventCount, links: state.links,
        droppedLinkCount: state.droppedLinkCount, status: state.status)
    }
  }
}

public import Tracing

/// The handle of a span; copies share one record.
///
/// The handle of a span that is not sampled records nothing and forwards the context of the span above it.
public struct SightlineSpan: Span {
  public let context: InstrumentationContext
  let recorder: SpanRecorder?

  public var isRecording: Bool { recorder?.isRecording ?? false }

  public var operationName: String {
    get { recorder?.name ?? "" }
    nonmutating set { recorder?.name = newValue }
  }

  public var attributes: SpanAttributes {
    get { recorder?.attributes ?? [:] }
    nonmutating set { recorder?.attributes = newValue }
    // Without this, every attribute that is set on its own would copy all that are there already.
    nonmutating _modify {
      // Two words live across the yield: a larger frame would be allocated at each access through `any Span`.
      var lent = recorder?.lendAttributes() ?? [:]
      defer { recorder?.returnAttributes(lent) }
      yield &lent
    }
  }

  public func setStatus(_ status: SpanStatus) { recorder?.setStatus(status) }

  public func addEvent(_ event: SpanEvent) { recorder?.addEvent(event) }

  public func addLink(_ link: SpanLink) { recorder?.addLink(link) }

  public func recordError<Instant: TracerInstant>(
    _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
  ) {
    guard let recorder else { return }
    recorder.recordError(error, attributes: attributes, nanoseconds: instant().nanosecondsSinceEpoch)
  }

  public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
    guard let recorder else { return }
    recorder.end(nanoseconds: instant().nanosecondsSinceEpoch)
  }
}

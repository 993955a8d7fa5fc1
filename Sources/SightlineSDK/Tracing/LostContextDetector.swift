import Synchronization
import Tracing

/// Finds the places where a context was probably lost, for the debug mode.
///
/// A span of kind internal, client or producer that starts a trace of its own, in a task that has no context at all, is
/// rarely meant: the work was mostly handed to a detached task, a callback or a stream. Each place is named once.
final class LostContextDetector: Sendable {
  private struct Place: Hashable {
    var file: String
    var line: UInt
  }

  /// How many places are remembered.
  private static let placeLimit = 1000

  private let places = Mutex<Set<Place>>([])
  private let reporter: FailureReporter

  init(reporter: FailureReporter) { self.reporter = reporter }

  /// Looks at a span that has no parent.
  func inspect(_ name: String, _ kind: SpanKind, file: String, line: UInt) {
    guard kind != .server, kind != .consumer, InstrumentationContext.current == nil else { return }
    let isNew = places.withLock { places in
      places.count < Self.placeLimit && places.insert(Place(file: file, line: line)).inserted
    }
    guard isNew else { return }
    reporter.report(
      "lost context \(file):\(line)",
      "context lost? the span \"\(name)\" at \(file):\(line) starts a trace of its own, since its task has no context; "
        + "Task.detachedInContext, CapturedContext or InContext bring it along, and `context: .topLevel` under "
        + "InstrumentationContext.withValue(.topLevel) says that it is meant")
  }
}

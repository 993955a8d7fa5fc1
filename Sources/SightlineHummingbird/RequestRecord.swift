import CoreMetrics
import HTTPTypes
import Hummingbird
import SightlineSDK
import Synchronization
import Tracing

/// What becomes of one request; finished once, at the latest when nobody holds it any more.
final class RequestRecord: Sendable {
  private struct Answer {
    var route: String?
    var status: Int?
    var isFinished = false
  }

  private let span: SightlineSpan
  private let method: HTTPMethodName
  private let factory: any MetricsFactory
  private let started = ContinuousClock.now
  private let active: Meter
  private let answer = Mutex(Answer())

  init(span: SightlineSpan, method: HTTPMethodName, factory: any MetricsFactory) {
    self.span = span
    self.method = method
    self.factory = factory
    active = Meter(
      label: "http.server.active_requests",
      dimensions: [("http.request.method", method.name), ("url.scheme", "http")], factory: factory)
    active.increment()
  }

  deinit { finish(nil) }

  /// What the request itself says.
  func describe(_ request: Request) {
    guard span.isRecording else { return }
    span.attributes["http.request.method"] = method.name
    span.attributes["http.request.method_original"] = method.original
    span.attributes["url.path"] = request.uri.path
    span.attributes["url.query"] = request.uri.query.map { RedactedQuery.redact($0) }
    span.attributes["url.scheme"] = "http"
    span.attributes["user_agent.original"] = request.headers[.userAgent]
    if let host = request.head.authority {
      let address = ServerAddress(url: "http://\(host)")
      span.attributes["server.address"] = address.host
      span.attributes["server.port"] = address.port
    }
  }

  /// What the handlers made of it.
  func answered(route: String?, status: Int) {
    answer.withLock { answer in
      answer.route = route
      answer.status = status
    }
    guard span.isRecording else { return }
    if let route { span.operationName = "\(method.spanName) \(route)" }
    span.attributes["http.route"] = route
    span.attributes["http.response.status_code"] = status
  }

  /// Ends the span and records the duration; a second call does nothing.
  ///
  /// - Parameter error: what kept the answer from being given.
  func finish(_ error: (any Error)?) {
    let last: Answer? = answer.withLock { answer in
      if answer.isFinished { return nil }
      answer.isFinished = true
      return answer
    }
    guard let last else { return }
    active.decrement()
    if let error {
      span.recordError(error)
      span.setStatus(SpanStatus(code: .error))
    } else if let status = last.status, status >= 500 {
      span.attributes["error.type"] = String(status)
      span.setStatus(SpanStatus(code: .error))
    }
    var dimensions = [("http.request.method", method.name), ("url.scheme", "http")]
    if let route = last.route { dimensions.append(("http.route", route)) }
    if let status = last.status { dimensions.append(("http.response.status_code", String(status))) }
    if let error {
      dimensions.append(("error.type", ErrorType.name(of: error)))
    } else if let status = last.status, status >= 500 {
      dimensions.append(("error.type", String(status)))
    }
    let duration = (ContinuousClock.now - started) / .nanoseconds(1)
    InstrumentationContext.withValue(span.context) {
      CoreMetrics.Timer(label: "http.server.request.duration", dimensions: dimensions, factory: factory)
        .recordNanoseconds(Int64(duration))
    }
    span.end()
  }
}

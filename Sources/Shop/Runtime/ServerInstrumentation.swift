import CoreMetrics
import HTTPTypes
import Hummingbird
import Logging
import SightlineSDK
import Tracing

/// Makes every request a SERVER span with metrics and one log record, by the HTTP semantic conventions.
///
/// Span names are `GET /cart`; only 5xx is an error; thrown errors become answers here. Paths below `/internal/` are
/// plumbing and are left alone. Of the baggage only the named members become attributes.
struct ServerInstrumentation<Context: RequestContext>: RouterMiddleware {
  let environment: ServiceEnvironment

  /// Baggage members that are stored: neither names a person.
  private let recordedBaggage = ["session.id", "customer.tier"]

  func handle(
    _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    if request.uri.path.hasPrefix("/internal/") { return try await next(request, context) }
    let method = request.method.rawValue
    var parent = InstrumentationContext.topLevel
    environment.tracer.extract(request.headers, into: &parent, using: HeaderFieldsExtractor())
    let started = ContinuousClock.now
    let span = environment.tracer.startSpan(method, context: parent, ofKind: .server)
    defer { span.end() }
    let active = Meter(
      label: "http.server.active_requests", dimensions: [("http.request.method", method), ("url.scheme", "http")],
      factory: environment.factory)
    active.increment()
    defer { active.decrement() }

    return await InstrumentationContext.withValue(span.context) {
      let response: Response
      var failure: (any Error)?
      do {
        response = try await next(request, context)
      } catch {
        failure = error
        response = Self.response(to: error)
      }
      let route = context.endpointPath
      let status = Int(response.status.code)
      describe(span, request, route: route, status: status, baggage: parent.baggage)
      if let failure { span.recordError(failure) }
      if status >= 500 { span.setStatus(SpanStatus(code: .error, message: failure.map { "\($0)" })) }
      let duration = ContinuousClock.now - started
      record(duration, method: method, route: route, status: status)
      log(request, route: route, status: status, duration: duration, failure: failure)
      return response
    }
  }

  private func describe(
    _ span: SightlineSpan, _ request: Request, route: String?, status: Int, baggage: Baggage
  ) {
    if let route { span.operationName = "\(request.method.rawValue) \(route)" }
    var attributes = span.attributes
    attributes["http.request.method"] = request.method.rawValue
    attributes["http.route"] = route
    attributes["http.response.status_code"] = status
    attributes["url.path"] = request.uri.path
    attributes["url.query"] = request.uri.query
    attributes["url.scheme"] = "http"
    attributes["server.address"] = environment.name.rawValue
    attributes["client.address"] = "127.0.0.1"
    attributes["user_agent.original"] = request.headers[.userAgent]
    attributes["network.protocol.version"] = "1.1"
    if status >= 500 { attributes["error.type"] = String(status) }
    for name in recordedBaggage { attributes[name] = baggage[name] }
    span.attributes = attributes
  }

  private func record(_ duration: Duration, method: String, route: String?, status: Int) {
    var dimensions = [
      ("http.request.method", method), ("http.response.status_code", String(status)), ("url.scheme", "http"),
    ]
    if let route { dimensions.append(("http.route", route)) }
    if status >= 500 { dimensions.append(("error.type", String(status))) }
    CoreMetrics.Timer(
      label: "http.server.request.duration", dimensions: dimensions, factory: environment.factory
    ).recordNanoseconds(Int64(duration / .nanoseconds(1)))
  }

  private func log(_ request: Request, route: String?, status: Int, duration: Duration, failure: (any Error)?) {
    let metadata: Logger.Metadata = [
      "http.request.method": "\(request.method.rawValue)",
      "http.route": .string(route ?? "unknown"),
      "http.response.status_code": .stringConvertible(status),
      "duration_seconds": .stringConvertible(duration / .seconds(1)),
    ]
    let line: Logger.Message = "\(request.method.rawValue) \(request.uri.path) answered \(status)"
    if let failure, status >= 500 {
      environment.logger.error(line, error: failure, metadata: metadata)
    } else if status >= 400 {
      environment.logger.warning(line, metadata: metadata)
    } else {
      environment.logger.info(line, metadata: metadata)
    }
  }

  private static func response(to error: any Error) -> Response {
    let status = (error as? any HTTPResponseError)?.status ?? .internalServerError
    return Response(
      status: status, headers: [.contentType: "text/plain"], body: .init(byteBuffer: ByteBuffer(string: "\(error)\n")))
  }
}

/// Reads context fields from the headers of a request; repeated fields are joined by commas.
struct HeaderFieldsExtractor: Extractor {
  func extract(key: String, from headers: HTTPFields) -> String? {
    HTTPField.Name(key).flatMap { headers[$0] }
  }
}

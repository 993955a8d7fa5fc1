public import CoreMetrics
import HTTPTypes
public import Hummingbird
public import SightlineSDK
import Tracing

/// Makes every request a SERVER span with metrics, by the HTTP semantic conventions.
///
/// The caller's trace and baggage are continued; the handlers run under the span, so that their logs, spans and calls
/// belong to it. Span names are `GET /products/{id}`; only 5xx and bodies that break off are errors. The span ends, and
/// `http.server.request.duration` is recorded, when the body has been written. The path is known to samplers as their
/// route. Put it first, before all other middleware.
public struct ServerTelemetry<Context: RequestContext>: RouterMiddleware {
  private let tracer: SightlineTracer
  private let factory: any MetricsFactory
  private let excludedPrefixes: [String]

  /// - Parameters:
  ///   - observability: records the spans and metrics.
  ///   - excludedPrefixes: paths that begin so are left alone, such as those of health checks.
  public init(_ observability: Observability, excluding excludedPrefixes: [String] = []) {
    self.init(
      tracer: observability.tracer, factory: observability.metricsFactory, excluding: excludedPrefixes)
  }

  /// - Parameters:
  ///   - tracer: records the spans.
  ///   - factory: makes the metrics.
  ///   - excludedPrefixes: paths that begin so are left alone, such as those of health checks.
  public init(tracer: SightlineTracer, factory: any MetricsFactory, excluding excludedPrefixes: [String] = []) {
    self.tracer = tracer
    self.factory = factory
    self.excludedPrefixes = excludedPrefixes
  }

  public func handle(
    _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    let path = request.uri.path
    if excludedPrefixes.contains(where: { path.hasPrefix($0) }) { return try await next(request, context) }
    var parent = tracer.context(from: request.headers)
    parent.samplingRoute = path
    let method = HTTPMethodName(request.method.rawValue)
    let span = tracer.startSpan(method.spanName, context: parent, ofKind: .server)
    let record = RequestRecord(span: span, method: method, factory: factory)
    record.describe(request)
    do {
      var response = try await InstrumentationContext.withValue(span.context) { try await next(request, context) }
      record.answered(route: Self.route(context), status: Int(response.status.code))
      let body = response.body
      response.body = ResponseBody(contentLength: body.contentLength) { writer in
        do {
          try await body.write(writer)
          record.finish(nil)
        } catch {
          record.finish(error)
          throw error
        }
      }
      return response
    } catch {
      let status = (error as? any HTTPResponseError).map { Int($0.status.code) } ?? 500
      record.answered(route: Self.route(context), status: status)
      record.finish(status >= 500 ? error : nil)
      throw error
    }
  }

  /// The template of the path; nil when no route was found, for which Hummingbird has a name that is no path.
  private static func route(_ context: Context) -> String? {
    context.endpointPath.flatMap { $0.hasPrefix("/") ? $0 : nil }
  }
}

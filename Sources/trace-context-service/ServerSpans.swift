import HTTPTypes
import Hummingbird
import SightlineSDK
import Tracing

/// Answers every request under a SERVER span that continues the caller's trace.
struct ServerSpans<Context: RequestContext>: RouterMiddleware {
  let tracer: SightlineTracer

  func handle(
    _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    let method = request.method.rawValue
    let span = tracer.startSpan(method, context: tracer.context(from: request.headers), ofKind: .server)
    defer { span.end() }
    return try await InstrumentationContext.withValue(span.context) {
      let response = try await next(request, context)
      let status = response.status.code
      span.updateAttributes { attributes in
        attributes["http.request.method"] = method
        attributes["url.path"] = request.uri.path
        attributes["http.response.status_code"] = status
      }
      if status >= 500 { span.setStatus(SpanStatus(code: .error)) }
      return response
    }
  }
}

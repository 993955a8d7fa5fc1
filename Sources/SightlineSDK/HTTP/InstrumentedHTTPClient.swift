public import AsyncHTTPClient
public import CoreMetrics
import Instrumentation
public import NIOCore
import NIOHTTP1
public import Tracing

/// An HTTP client whose requests are CLIENT spans that carry the context, by the HTTP semantic conventions.
///
/// Span names are `GET /products/{id}` when the caller gives the template, else the method. Status 400 and above and
/// thrown errors are errors. The metric is `http.client.request.duration` in seconds. Give it a client without tracing of
/// its own.
public struct InstrumentedHTTPClient: Sendable {
  private let client: HTTPClient
  private let tracer: any Tracer
  private let factory: any MetricsFactory

  /// - Parameters:
  ///   - client: sends the requests; closed by whoever made it.
  ///   - tracer: starts the spans.
  ///   - factory: makes the metrics.
  public init(client: HTTPClient, tracer: any Tracer, factory: any MetricsFactory) {
    self.client = client
    self.tracer = tracer
    self.factory = factory
  }

  /// What the conventions want to know about a request beyond the message itself.
  public struct Target: Sendable, Hashable {
    /// The path with its variable parts in braces: low cardinality.
    public var template: String?
    /// The logical name of the service that answers.
    public var serviceName: String?

    /// A target with what is known.
    public init(template: String? = nil, serviceName: String? = nil) {
      self.template = template
      self.serviceName = serviceName
    }
  }

  /// Sends a request under a span and returns when the head of the answer is there.
  public func execute(
    _ request: HTTPClientRequest, target: Target = Target(), timeout: TimeAmount
  ) async throws -> HTTPClientResponse {
    let method = request.method.rawValue
    let address = ServerAddress(url: request.url)
    let name = target.template.map { "\(method) \($0)" } ?? method
    let started = ContinuousClock.now
    var dimensions: [(String, String)] = [("http.request.method", method), ("server.address", address.host)]
    dimensions.append(("server.port", String(address.port)))
    if let template = target.template { dimensions.append(("url.template", template)) }

    let span = tracer.startAnySpan(name, ofKind: .client)
    defer { span.end() }
    span.updateAttributes { attributes in
      attributes["http.request.method"] = method
      attributes["url.full"] = request.url
      attributes["url.template"] = target.template
      attributes["server.address"] = address.host
      attributes["server.port"] = address.port
      attributes["service.peer.name"] = target.serviceName
    }
    var request = request
    tracer.inject(span.context, into: &request.headers)
    do {
      let response = try await client.execute(request, timeout: timeout)
      let status = Int(response.status.code)
      span.updateAttributes { $0["http.response.status_code"] = status }
      dimensions.append(("http.response.status_code", String(status)))
      if status >= 400 {
        span.updateAttributes { $0["error.type"] = String(status) }
        span.setStatus(SpanStatus(code: .error))
        dimensions.append(("error.type", String(status)))
      }
      record(started, dimensions, under: span.context)
      return response
    } catch {
      span.recordError(error)
      span.setStatus(SpanStatus(code: .error))
      dimensions.append(("error.type", ErrorType.name(of: error)))
      record(started, dimensions, under: span.context)
      throw error
    }
  }

  /// Records under the span, so that the exemplar leads to it.
  private func record(
    _ started: ContinuousClock.Instant, _ dimensions: [(String, String)], under context: InstrumentationContext
  ) {
    InstrumentationContext.withValue(context) {
      factory.makeTimer(label: "http.client.request.duration", dimensions: dimensions)
        .recordNanoseconds((ContinuousClock.now - started).nanoseconds)
    }
  }
}

/// Host and port of a URL, read without Foundation.
package struct ServerAddress: Hashable {
  package var host = ""
  package var port = 80

  package init(url: String) {
    var rest = url[...]
    if let scheme = rest.firstRange(of: "://") {
      if rest[..<scheme.lowerBound] == "https" { port = 443 }
      rest = rest[scheme.upperBound...]
    }
    rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    if let colon = rest.lastIndex(of: ":"), !rest.hasSuffix("]") {
      port = Int(rest[rest.index(after: colon)...]) ?? port
      rest = rest[..<colon]
    }
    host = String(rest)
  }
}

import HTTPTypes
import Hummingbird
import NIOCore
import PromQL
import TelemetryModel

/// The HTTP API of Prometheus under `/prometheus`.
struct PrometheusEndpoints: Sendable {
  static let base = "/prometheus"

  let environment: APIEnvironment

  func add(to router: Router<APIContext>) {
    let base = PrometheusEndpoints.base
    let view = environment.metrics
    let queries = PrometheusQueries(environment: environment, view: view)
    let series = PrometheusSeries(environment: environment, view: view)
    let status = PrometheusStatus(environment: environment, view: view)
    both(router, "query") { request, _ in try await queries.instant(request) }
    both(router, "query_range") { request, _ in try await queries.range(request) }
    both(router, "query_exemplars") { request, _ in try await queries.exemplars(request) }
    both(router, "format_query") { request, _ in try queries.format(request) }
    both(router, "parse_query") { request, _ in try queries.parse(request) }
    both(router, "series") { request, _ in try await series.series(request) }
    both(router, "labels") { request, _ in try await series.labels(request) }
    get(router, "label/:name/values") { request, context in try await series.values(context.path("name"), request) }
    get(router, "metadata") { request, _ in try await series.metadata(request) }
    get(router, "status/:page") { _, context in try await status.answer(context.path("page")) }
    get(router, "features") { _, _ in PrometheusStatus.features() }
    for page in ["rules", "alerts", "targets", "targets/metadata", "alertmanagers"] {
      get(router, page) { _, _ in PrometheusStatus.empty(page) }
    }
    RemoteWriteEndpoint(environment: environment).add(to: router)
    RemoteReadEndpoint(environment: environment, view: view).add(to: router)
    FederationEndpoint(environment: environment, view: view).add(to: router)
    // Clients ask for the front page to find out whether anybody is there.
    router.get(RouterPath(base)) { _, _ in Response(text: "Sightline speaks the API of Prometheus here.\n") }
    for (page, text) in [("healthy", "Prometheus Server is Healthy.\n"), ("ready", "Prometheus Server is Ready.\n")] {
      router.get("\(base)/-/\(page)") { _, _ in
        let isUp = page == "healthy" || environment.isReady()
        return Response(text: isUp ? text : "Service Unavailable\n", isUp ? .ok : .serviceUnavailable)
      }
    }
  }

  private typealias Handler = @Sendable (PrometheusRequest, APIContext) async throws -> PrometheusAnswer

  private func get(_ router: Router<APIContext>, _ path: String, _ handler: @escaping Handler) {
    router.get("\(PrometheusEndpoints.base)/api/v1/\(path)") { request, context in
      await answer(request, context, handler)
    }
  }

  private func both(_ router: Router<APIContext>, _ path: String, _ handler: @escaping Handler) {
    get(router, path, handler)
    router.post("\(PrometheusEndpoints.base)/api/v1/\(path)") { request, context in
      await answer(request, context, handler)
    }
  }

  private func answer(_ request: Request, _ context: APIContext, _ handler: Handler) async -> Response {
    do {
      return try await handler(try await PrometheusRequest(request, environment), context).response
    } catch {
      return PrometheusError(error).response
    }
  }
}

extension Response {
  /// A plain text.
  init(text: String, _ status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8") {
    self.init(
      status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}

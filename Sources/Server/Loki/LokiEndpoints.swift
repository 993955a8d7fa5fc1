import Hummingbird
import LogQL

/// Loki's HTTP API under `/loki`: a Loki client's URL is the bare address.
struct LokiEndpoints: Sendable {
  static let base = "/loki/api/v1"

  let environment: APIEnvironment

  func add(to router: Router<APIContext>) {
    let queries = LokiQueryEndpoints(environment: environment)
    let labels = LokiLabelEndpoints(environment: environment)
    let volumes = LokiVolumeEndpoints(environment: environment)
    let detections = LokiDetectionEndpoints(environment: environment)
    question("query", router) { try await queries.query($0) }
    question("query_range", router) { try await queries.queryRange($0) }
    question("format_query", router) { try queries.format($0) }
    question("labels", router) { try await labels.names($0) }
    question("label", router) { try await labels.names($0) }
    question("label/:name/values", router) { try await labels.values($0, of: $1.path("name")) }
    question("series", router) { try await labels.series($0) }
    question("index/stats", router) { try await volumes.statistics($0) }
    question("index/volume", router) { try await volumes.volume($0) }
    question("index/volume_range", router) { try await volumes.volumeRange($0) }
    question("patterns", router) { try await LokiPatternEndpoint(environment: environment).patterns($0) }
    question("detected_labels", router) { try await detections.labels($0) }
    question("detected_fields", router) { try await detections.fields($0) }
    question("detected_field/:name/values", router) { try await detections.values($0, of: $1.path("name")) }
    router.get("\(LokiEndpoints.base)/drilldown-limits") { _, _ in LokiEndpoints.drilldownLimits() }
    router.get("\(LokiEndpoints.base)/status/buildinfo") { _, _ in LokiEndpoints.buildInformation() }
    // Rule groups by namespace: there are none until rules come.
    router.get("\(LokiEndpoints.base)/rules") { _, _ in Response(text: "{}\n", type: "application/yaml") }
    router.get("/ready") { _, _ in
      environment.isReady()
        ? Response(text: "ready\n", .ok) : Response(text: "starting\n", .serviceUnavailable)
    }
    LokiTailEndpoint(environment: environment).add(to: router)
    LokiPushEndpoint(environment: environment).add(to: router)
    LokiDeleteEndpoint(environment: environment).add(to: router)
  }

  /// A question that clients ask by GET or by a form.
  private func question(
    _ path: String, _ router: Router<APIContext>,
    _ answer: @escaping @Sendable (LokiRequest, APIContext) async throws -> Response
  ) {
    let respond: @Sendable (Request, APIContext) async throws -> Response = { request, context in
      do {
        return try await answer(try await LokiRequest(request, now: environment.now()), context)
      } catch {
        return LokiFailure(error).response
      }
    }
    router.get("\(LokiEndpoints.base)/\(path)") { try await respond($0, $1) }
    router.post("\(LokiEndpoints.base)/\(path)") { try await respond($0, $1) }
  }

  private func question(
    _ path: String, _ router: Router<APIContext>,
    _ answer: @escaping @Sendable (LokiRequest) async throws -> Response
  ) {
    question(path, router) { request, _ in try await answer(request) }
  }

  /// The version of Loki whose API this is: clients choose by it what they ask.
  private static let apiVersion = "3.5.0"

  private static func buildInformation() -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("version", string: apiVersion)
    writer.member("revision", string: "sightline-" + SightlineVersion.text)
    for name in ["branch", "buildUser", "buildDate", "goVersion"] {
      writer.key(name)
      writer.string("")
    }
    writer.endObject()
    return Response(json: writer)
  }

  private static func drilldownLimits() -> Response {
    let limits = LogQLLimits()
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("limits")
    writer.beginObject()
    writer.member("discover_log_levels", bool: true)
    writer.member("max_entries_limit_per_query", integer: limits.lines)
    writer.member("max_query_series", integer: limits.series)
    writer.member("volume_enabled", bool: true)
    writer.member("volume_max_series", integer: LokiVolumeEndpoints.seriesLimit)
    writer.member("metric_aggregation_enabled", bool: false)
    writer.member("pattern_persistence_enabled", bool: false)
    writer.endObject()
    writer.member("pattern_ingester_enabled", bool: true)
    writer.member("version", string: apiVersion)
    writer.endObject()
    return Response(json: writer)
  }
}

import Hummingbird
import QueryCore
import TelemetryModel
import TelemetryStore
import TraceQL

/// `/api/metrics/query_range` and `/api/metrics/query`.
struct TempoMetrics: Sendable {
  let environment: APIEnvironment
  /// The window when none is asked.
  private static let defaultWindow: Int64 = 3_600_000_000_000

  func add(to router: Router<APIContext>, base: String) {
    router.get("\(base)/api/metrics/query_range") { request, _ in await answer(request, isInstant: false) }
    router.get("\(base)/api/metrics/query") { request, _ in await answer(request, isInstant: true) }
  }

  private func answer(_ request: Request, isInstant: Bool) async -> Response {
    let parameters = TempoParameters(request)
    let text = parameters.query["q"] ?? parameters.query["query"]
    return await TempoAnswer.catching(text) {
      let query = try text.map { text throws(TraceQLError) in try TraceQLEngine.query(text) }
      guard let query, case .metrics(let expression) = query.root else {
        return TempoAnswer.text("invalid TraceQL query: a metrics function is missing", .badRequest)
      }
      let times = try times(parameters, isInstant: isInstant)
      let started = ContinuousClock.now
      let answer = try await TraceQLEngine(environment.store).metrics(expression, times)
      let plan = parameters.plan(of: query, answer.statistics, since: started)
      return Response(json: TempoMetrics.json(answer, times, isInstant: isInstant, plan))
    }
  }

  private func times(_ parameters: TempoParameters, isInstant: Bool) throws -> MetricsRequest {
    let now = environment.now()
    let end = try parameters.time("end", now: now) ?? now
    let since = try parameters.duration("since") ?? TempoMetrics.defaultWindow
    let start = try parameters.time("start", now: now) ?? end.subtractingReportingOverflow(since).partialValue
    if isInstant { return try MetricsRequest(instantFrom: start, to: end) }
    let automatic = StepChoice.automatic(TimeRange(start: start, end: end))
    return try MetricsRequest(
      start: start, end: end, step: try parameters.duration("step") ?? max(automatic, 1_000_000_000))
  }

  private static func json(
    _ answer: MetricsAnswer, _ request: MetricsRequest, isInstant: Bool, _ plan: Explanation?
  ) -> JSONWriter {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("series")
    writer.beginArray()
    for series in answer.series {
      let isEmpty = series.values.allSatisfy(\.isNaN)
      if isEmpty { continue }
      writer.beginObject()
      writer.key("labels")
      writer.keyValues(series.labels.map { ($0.name, $0.value) })
      if isInstant {
        writer.key("value")
        writer.sample(series.values.last ?? .nan)
      } else {
        writer.key("samples")
        writer.beginArray()
        for (index, value) in series.values.enumerated() where !value.isNaN {
          writer.beginObject()
          writer.member("timestampMs", string: (request.time(index) / 1_000_000).description)
          writer.key("value")
          writer.sample(value)
          writer.endObject()
        }
        writer.endArray()
      }
      writer.member("promLabels", string: labels(series))
      writer.endObject()
    }
    writer.endArray()
    writer.key("metrics")
    writer.beginObject()
    writer.member("inspectedBytes", string: answer.statistics.bytesRead.description)
    writer.member("inspectedSpans", string: answer.statistics.rowsScanned.description)
    writer.member("completedJobs", integer: 1)
    writer.member("totalJobs", integer: 1)
    writer.endObject()
    if case .limited(let why) = answer.completeness {
      writer.member("status", string: "PARTIAL")
      writer.member("message", string: why)
    }
    writer.explanation(plan)
    writer.endObject()
    return writer
  }

  /// `{name="value", …}`, names that Prometheus would not take in quotes.
  private static func labels(_ series: MetricsSeries) -> String {
    let parts = series.labels.map { label in
      let isPlain = label.name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f
      }
      let name = isPlain ? label.name : TraceQLPrinter.text(.string(label.name))
      return "\(name)=\(TraceQLPrinter.text(.string(label.value.tagText)))"
    }
    return "{" + parts.joined(separator: ", ") + "}"
  }
}

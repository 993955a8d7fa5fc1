import Hummingbird
import QueryCore
import TelemetryModel
import TelemetryStore

/// `/api/v1/metrics`: catalogue, series and points.
struct MetricEndpoints: Sendable {
  let environment: APIEnvironment

  func add(to router: Router<APIContext>) {
    router.get("/api/v1/metrics") { request, context in try await catalogue(request, context) }
    router.get("/api/v1/metrics/series") { request, context in try await series(request, context) }
    router.get("/api/v1/metrics/points") { request, context in try await points(request, context) }
  }

  private func catalogue(_ request: Request, _ context: APIContext) async throws -> Response {
    let started = ContinuousClock.now
    let question = try Question(request, environment)
    var predicate = question.predicate
    if let match = question.parameters["match"] {
      predicate = .all(of: [predicate, .text(Field.metricName, TextMatch(.contains(match), isCaseFolded: true))])
    }
    let answer = try await environment.store.series(SeriesRequest(timeRange: question.range, predicate: predicate))
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("metrics")
    writer.beginArray()
    for metric in MetricCatalogue(answer.series).metrics { writer.metric(metric) }
    writer.endArray()
    writer.key("statistics")
    writer.statistics(answer.statistics, elapsed: ContinuousClock.now - started)
    writer.endObject()
    return Response(json: writer)
  }

  private func name(_ question: Question) throws -> String {
    guard let name = question.parameters["name"] else {
      throw QueryError(.badParameter, "'name' is needed: the name of a metric", parameter: "name")
    }
    return name
  }

  private func series(_ request: Request, _ context: APIContext) async throws -> Response {
    let question = try Question(request, environment)
    let limit = try question.parameters.integer("limit", default: 1_000, in: 1...10_000)
    let predicate = Predicate.all(of: [.equals(Field.metricName, .string(try name(question))), question.predicate])
    let answer = try await environment.store.series(
      SeriesRequest(timeRange: question.range, predicate: predicate, seriesLimit: limit))
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("series")
    writer.beginArray()
    for entry in answer.series.prefix(limit) { writer.series(entry) }
    writer.endArray()
    writer.key("matched")
    writer.integer(answer.matchedCount)
    writer.endObject()
    return Response(json: writer)
  }

  private func points(_ request: Request, _ context: APIContext) async throws -> Response {
    let started = ContinuousClock.now
    let question = try Question(request, environment)
    let name = try name(question)
    let limit = try question.parameters.integer("limit", default: 50, in: 1...1_000)
    let groupBy = try question.parameters["by"].map { text throws(QueryError) in try GroupBy(text) }
    let axis = try question.axis(defaultStep: "auto") ?? TimeAxis(range: question.range, step: 60_000_000_000)
    let chosen = question.parameters["fn"]
    let function = chosen.flatMap { MetricFunction($0) }
    if let chosen, function == nil {
      throw QueryError(
        .badParameter, "'\(chosen)' is no function", parameter: "fn", position: 0, length: chosen.utf8.count,
        hint: "use raw, rate, increase, avg, min, max, sum, count or a percentile such as p95")
    }
    // Counters and cumulative histograms need the point before the window.
    let lookback = max(axis.step, 300_000_000_000)
    let start = question.range.start.subtractingReportingOverflow(lookback)
    let window = TimeRange(start: start.overflow ? .min : start.partialValue, end: question.range.end)
    let answer = try await environment.store.series(
      SeriesRequest(
        timeRange: window, predicate: .all(of: [.equals(Field.metricName, .string(name)), question.predicate]),
        includesPoints: true, includesExemplars: true, projection: function.map { .fields($0.fields) } ?? .everything,
        seriesLimit: 10_000))
    let kind = answer.series.first?.series
    let text = chosen ?? kind.map { MetricFunction.standard($0.kind, isMonotonic: $0.isMonotonic) } ?? "raw"
    let table = MetricTable(
      answer, function: MetricFunction(text) ?? .raw, groupBy: groupBy, axis: axis, limit: limit,
      isStopped: { Task.isCancelled })
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("name")
    writer.string(name)
    writer.key("unit")
    writer.string(kind?.unit ?? "")
    if let kind {
      writer.key("kind")
      writer.string(kind.kind.name)
    }
    writer.key("fn")
    writer.string(text)
    writer.window(question.range)
    writer.axis(axis)
    writer.key("series")
    writer.beginArray()
    for line in table.lines { writer.line(line) }
    writer.endArray()
    writer.key("matched")
    writer.integer(max(table.matchedCount, groupBy == nil ? answer.matchedCount : 0))
    writer.key("exemplars")
    writer.exemplars(ExemplarTable(answer, lines: table.lines, range: question.range).exemplars)
    writer.key("statistics")
    writer.statistics(answer.statistics, elapsed: ContinuousClock.now - started)
    writer.endObject()
    return Response(json: writer)
  }
}

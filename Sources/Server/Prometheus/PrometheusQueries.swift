import Hummingbird
import PromQL
import TelemetryStore

/// `query`, `query_range`, `query_exemplars`, `format_query` and `parse_query`.
struct PrometheusQueries: Sendable {
  /// Steps of a range query.
  private static let stepLimit: Int64 = 11_000
  private static let timeout: Int64 = 120_000

  let environment: APIEnvironment
  let view: MetricsView

  func instant(_ request: PrometheusRequest) async throws -> PrometheusAnswer {
    let query = try request.needed("query")
    let time = try request.time("time", default: request.now)
    let engine = try engine(request)
    return try await answer(
      request, { explains in try await engine.instant(query, at: time, explains: explains) })
  }

  func range(_ request: PrometheusRequest) async throws -> PrometheusAnswer {
    let query = try request.needed("query")
    let start = try request.time("start", default: nil)
    let end = try request.time("end", default: nil)
    guard end >= start else { throw PrometheusError.invalid("end", "end timestamp must not be before start time") }
    guard let step = try request.duration("step") else {
      throw PrometheusError.invalid("step", "cannot parse \"\" to a valid duration")
    }
    guard step > 0 else {
      throw PrometheusError.invalid(
        "step", "zero or negative query resolution step widths are not accepted. Try a positive integer")
    }
    let (length, isOut) = end.subtractingReportingOverflow(start)
    guard !isOut, length / step <= PrometheusQueries.stepLimit else {
      throw PrometheusError(
        .badData,
        "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)")
    }
    let engine = try engine(request)
    return try await answer(
      request, { explains in try await engine.range(query, start: start, end: end, step: step, explains: explains) })
  }

  private func engine(_ request: PrometheusRequest) throws -> Engine {
    var options = EngineOptions()
    if let lookback = try request.duration("lookback_delta") { options.lookback = lookback }
    return Engine(source: VirtualSeries(metrics: view, store: environment.store), options: options)
  }

  private func answer(
    _ request: PrometheusRequest, _ evaluate: @escaping @Sendable (_ explains: Bool) async throws -> QueryResult
  ) async throws -> PrometheusAnswer {
    let limit = try request.limit()
    let timeout = min(max(1, try request.duration("timeout") ?? PrometheusQueries.timeout), PrometheusQueries.timeout)
    let started = ContinuousClock.now
    let explains = Explanation.isAsked(request.parameters["explain"])
    let result = try await PrometheusQueries.within(milliseconds: timeout) { try await evaluate(explains) }
    let elapsed = ContinuousClock.now - started
    var answer = PrometheusAnswer()
    if let plan = result.plan { answer.explanation = Explanation(plan, elapsed: elapsed) }
    answer.warnings = result.annotations.warnings
    answer.infos = result.annotations.infos
    if let limit, result.data.count > limit { answer.noteTruncation() }
    let hasStatistics = request.parameters["stats"] != nil
    answer.data { writer in
      writer.beginObject()
      writer.result(result.data, limit: limit)
      if hasStatistics {
        writer.key("stats")
        writer.beginObject()
        writer.key("timings")
        writer.beginObject()
        writer.key("execTotalTime")
        writer.number(elapsed / .seconds(1))
        writer.endObject()
        writer.endObject()
      }
      writer.endObject()
    }
    return answer
  }

  /// Runs a query; its task is cancelled when the time is over.
  private static func within<Value: Sendable>(
    milliseconds: Int64, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: .milliseconds(milliseconds))
        throw PrometheusError(.timeout, "query timed out in query execution")
      }
      defer { group.cancelAll() }
      guard let value = try await group.next() else { throw CancellationError() }
      return value
    }
  }

  // MARK: Exemplars

  func exemplars(_ request: PrometheusRequest) async throws -> PrometheusAnswer {
    let (start, end) = try request.range()
    let expression = try Engine.parse(try request.needed("query"))
    let found = try await view.exemplars(expression.selectors, start: start, end: end)
    var answer = PrometheusAnswer()
    answer.data { writer in
      writer.beginArray()
      for (labels, exemplars) in found {
        writer.beginObject()
        writer.key("seriesLabels")
        writer.labels(labels)
        writer.key("exemplars")
        writer.beginArray()
        for exemplar in exemplars {
          writer.beginObject()
          writer.key("labels")
          writer.labels(exemplar.labels)
          writer.key("value")
          writer.sampleValue(exemplar.value)
          writer.key("timestamp")
          writer.seconds(exemplar.time)
          writer.endObject()
        }
        writer.endArray()
        writer.endObject()
      }
      writer.endArray()
    }
    return answer
  }

  // MARK: Text

  func format(_ request: PrometheusRequest) throws -> PrometheusAnswer {
    let text = PrettyPrinter.text(try Engine.parse(try request.needed("query")))
    var answer = PrometheusAnswer()
    answer.data { $0.string(text) }
    return answer
  }

  func parse(_ request: PrometheusRequest) throws -> PrometheusAnswer {
    let expression = try Engine.parse(try request.needed("query"))
    var answer = PrometheusAnswer()
    answer.data { $0.syntax(expression) }
    return answer
  }
}

extension Explanation {
  /// The plan of a PromQL query, with what its selectors read together.
  fileprivate init(_ plan: QueryPlan, elapsed: Duration) {
    var statistics = QueryStatistics()
    for node in plan.nodes { if let read = node.read { statistics.add(read.statistics) } }
    self.init(language: "promql", steps: plan.lines, statistics: statistics, elapsed: elapsed)
  }
}

extension QueryResult.Data {
  /// Series or samples.
  fileprivate var count: Int {
    switch self {
    case .scalar, .string: 1
    case .vector(let samples): samples.count
    case .matrix(let series): series.count
    }
  }
}

extension Expression {
  /// The matchers of every selector in the expression.
  fileprivate var selectors: [[LabelMatcher]] {
    var found: [[LabelMatcher]] = []
    var open = [self]
    while let expression = open.popLast() {
      if case .vectorSelector(let selector) = expression { found.append(selector.matchers) }
      open += expression.children
    }
    return found
  }
}

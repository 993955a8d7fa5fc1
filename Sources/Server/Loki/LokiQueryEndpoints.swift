import Hummingbird
import LogQL
import QueryCore
import TelemetryModel
import TelemetryStore

/// `query`, `query_range` and `format_query`.
struct LokiQueryEndpoints: Sendable {
  private static let standardLimit = 100

  let environment: APIEnvironment

  private var engine: LogQLEngine { LogQLEngine(store: environment.store) }

  /// An instant query: numbers at one time.
  func query(_ request: LokiRequest) async throws -> Response {
    let query = try request.query()
    let time = try request.time("time") ?? request.now
    guard case .samples(let expression) = query.expression else {
      throw LokiFailure.bad(
        "log queries are not supported as an instant query type, please change your query to a range query type")
    }
    return try await numbers(query, expression, axis: StepAxis(at: time), isInstant: true, request)
  }

  /// Lines of a range, or numbers at each of its steps.
  func queryRange(_ request: LokiRequest) async throws -> Response {
    let query = try request.query()
    let range = try request.range()
    switch query.expression {
    case .samples(let expression):
      return try await numbers(query, expression, axis: try request.axis(range), isInstant: false, request)
    case .lines(let selection):
      let limit = try request.limit(default: LokiQueryEndpoints.standardLimit, atMost: engine.limits.lines)
      let direction = try request.direction()
      let steps = try await steps(query, StepAxis(at: range.end), range, request)
      let started = ContinuousClock.now
      do throws(LogQLError) {
        let (lines, statistics) = try await engine.lines(
          selection, range: range, direction: direction, lineLimit: limit)
        var writer = LokiResultWriter(statistics, since: started, steps: steps)
        writer.write(lines, categorizesLabels: request.categorizesLabels)
        return Response(json: writer.json)
      } catch {
        throw LokiFailure(error, query: query.text)
      }
    }
  }

  private func numbers(
    _ query: LogQLQuery, _ expression: SampleExpression, axis: StepAxis, isInstant: Bool, _ request: LokiRequest
  ) async throws -> Response {
    let range = TimeRange(start: axis.start, end: axis.time(axis.count - 1))
    let steps = try await steps(query, axis, range, request)
    let started = ContinuousClock.now
    do throws(LogQLError) {
      let (value, statistics) = try await engine.evaluate(expression, axis: axis, isInstant: isInstant)
      var writer = LokiResultWriter(statistics, since: started, steps: steps)
      writer.write(value, axis: axis, isInstant: isInstant)
      return Response(json: writer.json)
    } catch {
      throw LokiFailure(error, query: query.text)
    }
  }

  /// The steps of the plan when the request asks for them.
  private func steps(
    _ query: LogQLQuery, _ axis: StepAxis, _ range: TimeRange, _ request: LokiRequest
  ) async throws -> [String]? {
    guard Explanation.isAsked(request["explain"]) else { return nil }
    do throws(LogQLError) {
      return try await engine.explain(query.expression, axis: axis, range: range)
    } catch {
      throw LokiFailure(error, query: query.text)
    }
  }

  /// The query in its canonical form.
  func format(_ request: LokiRequest) throws -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("status", string: "success")
    writer.member("data", string: try request.query().formatted)
    writer.endObject()
    return Response(json: writer)
  }
}

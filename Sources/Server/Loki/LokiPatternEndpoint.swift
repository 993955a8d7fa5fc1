import Hummingbird
import Insight
import LogQL
import TelemetryModel

/// `patterns`: what the lines of a selection have in common, and how often over time.
struct LokiPatternEndpoint: Sendable {
  /// Patterns of an answer.
  private static let patternLimit = 300

  let environment: APIEnvironment

  /// Looks at the newest lines of the range, as many as a query may return.
  func patterns(_ request: LokiRequest) async throws -> Response {
    guard request["query"] != nil else { throw LokiFailure.bad("query parameter is required") }
    let engine = LogQLEngine(store: environment.store)
    let range = try request.range()
    let step = try request.step(range)
    let lines = try await engine.lines(
      try request.selection() ?? LogSelection([]), range: range, direction: .backward, lineLimit: engine.limits.lines
    ).lines
    var patterns = LinePatterns(bucketWidth: step)
    // The oldest first, so that the answer does not depend on what came last.
    for line in lines.reversed() { patterns.add(line.line, at: line.time) }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("status", string: "success")
    writer.key("data")
    writer.beginArray()
    for pattern in patterns.common.prefix(LokiPatternEndpoint.patternLimit) {
      writer.beginObject()
      writer.member("pattern", string: pattern.text)
      writer.key("samples")
      writer.beginArray()
      for (bucket, count) in pattern.counts.sorted(by: { $0.key < $1.key }) {
        writer.beginArray()
        writer.lokiTime(bucket * step)
        writer.integer(count)
        writer.endArray()
      }
      writer.endArray()
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return Response(json: writer)
  }
}

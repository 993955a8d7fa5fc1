import Hummingbird
import LogQL
import TelemetryModel
import TelemetryStore

/// `labels`, `label/NAME/values` and `series`.
struct LokiLabelEndpoints: Sendable {
  private static let valueLimit = 10_000

  let environment: APIEnvironment

  private var engine: LogQLEngine { LogQLEngine(store: environment.store) }

  func names(_ request: LokiRequest) async throws -> Response {
    let range = try request.range()
    guard let selection = try request.selection() else {
      return LokiLabelEndpoints.list(try await engine.streamLabelNames(range))
    }
    let streams = try await engine.streams([selection], range: range)
    return LokiLabelEndpoints.list(Set(streams.flatMap { $0.labels.map(\.name) }).sorted())
  }

  func values(_ request: LokiRequest, of name: String) async throws -> Response {
    let values = try await engine.labelValues(
      name, selection: try request.selection(), range: try request.range(), valueLimit: LokiLabelEndpoints.valueLimit)
    return LokiLabelEndpoints.list(values.map(\.value).sorted())
  }

  func series(_ request: LokiRequest) async throws -> Response {
    let range = try request.range()
    let texts = request.all("match[]", "match").filter { !$0.isEmpty }
    var selections: [LogSelection] = []
    for text in texts where text.filter({ $0 != " " }) != "{}" { selections.append(try LokiRequest.selection(text)) }
    let streams = try await engine.streams(selections, range: range)
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("status", string: "success")
    writer.key("data")
    writer.beginArray()
    for labels in streams { writer.labels(labels) }
    writer.endArray()
    writer.endObject()
    return Response(json: writer)
  }

  private static func list(_ texts: [String]) -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("status", string: "success")
    writer.key("data")
    writer.beginArray()
    for text in texts { writer.string(text) }
    writer.endArray()
    writer.endObject()
    return Response(json: writer)
  }
}

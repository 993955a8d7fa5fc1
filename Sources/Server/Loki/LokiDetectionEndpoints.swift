import Hummingbird
import LogQL
import TelemetryModel
import TelemetryStore

/// `detected_labels`, `detected_fields` and `detected_field/NAME/values`: what a sample of the lines holds.
struct LokiDetectionEndpoints: Sendable {
  private static let lineLimit = 1_000
  private static let fieldLimit = 1_000

  let environment: APIEnvironment

  private var engine: LogQLEngine { LogQLEngine(store: environment.store) }

  /// Labels of streams with the number of their values.
  func labels(_ request: LokiRequest) async throws -> Response {
    let range = try request.range()
    let streams = try await engine.streams([try request.selection()].compactMap { $0 }, range: range)
    var values: [String: Set<String>] = [:]
    for label in streams.flatMap(\.labels) { values[label.name, default: []].insert(label.value) }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("detectedLabels")
    writer.beginArray()
    for (name, found) in values.sorted(by: { $0.key < $1.key }) {
      writer.beginObject()
      writer.member("label", string: name)
      writer.member("cardinality", integer: found.count)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return Response(json: writer)
  }

  private func detected(_ request: LokiRequest) async throws -> [DetectedField] {
    let selection = try request.selection() ?? LogSelection([])
    let limit = try request.limit(
      default: LokiDetectionEndpoints.lineLimit, atMost: engine.limits.lines, "line_limit")
    let lines = try await engine.lines(
      selection, range: try request.range(), direction: .backward, lineLimit: limit
    ).lines
    return DetectedField.detect(lines)
  }

  func fields(_ request: LokiRequest) async throws -> Response {
    let limit = try request.limit(
      default: LokiDetectionEndpoints.fieldLimit, atMost: LokiDetectionEndpoints.fieldLimit)
    let fields = try await detected(request)
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("fields")
    writer.beginArray()
    for field in fields.prefix(limit) {
      writer.beginObject()
      writer.member("label", string: field.name)
      writer.member("type", string: field.type.rawValue)
      writer.member("cardinality", integer: field.values.count)
      writer.key("parsers")
      writer.beginArray()
      for parser in field.parsers { writer.string(parser) }
      writer.endArray()
      writer.endObject()
    }
    writer.endArray()
    writer.member("limit", integer: limit)
    writer.endObject()
    return Response(json: writer)
  }

  func values(_ request: LokiRequest, of name: String) async throws -> Response {
    let limit = try request.limit(
      default: LokiDetectionEndpoints.fieldLimit, atMost: LokiDetectionEndpoints.fieldLimit)
    let field = try await detected(request).first { $0.name == name }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("values")
    writer.beginArray()
    for value in (field?.values ?? []).sorted().prefix(limit) { writer.string(value) }
    writer.endArray()
    writer.member("limit", integer: limit)
    writer.endObject()
    return Response(json: writer)
  }
}

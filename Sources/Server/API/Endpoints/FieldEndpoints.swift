import Hummingbird
import QueryCore
import TelemetryModel
import TelemetryStore

/// `/api/v1/fields` and their values.
struct FieldEndpoints: Sendable {
  let environment: APIEnvironment

  func add(to router: Router<APIContext>) {
    router.get("/api/v1/fields") { request, context in try await fields(request, context) }
    router.get("/api/v1/fields/values") { request, context in try await values(request, context) }
  }

  private func fields(_ request: Request, _ context: APIContext) async throws -> Response {
    let started = ContinuousClock.now
    let question = try Question(request, environment)
    let answer = try await environment.store.fieldKeys(
      FieldKeysRequest(signal: try question.signal(), timeRange: question.range))
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("fields")
    writer.beginArray()
    for key in answer.keys {
      writer.beginObject()
      writer.member("name", string: key.field.text)
      writer.member("scope", string: key.field.scope.word)
      writer.key("types")
      writer.strings(key.types.map(\.name))
      writer.member("rows", integer: key.rowCount)
      writer.endObject()
    }
    writer.endArray()
    writer.key("statistics")
    writer.statistics(answer.statistics, elapsed: ContinuousClock.now - started)
    writer.endObject()
    return Response(json: writer)
  }

  private func values(_ request: Request, _ context: APIContext) async throws -> Response {
    let started = ContinuousClock.now
    let question = try Question(request, environment)
    guard let name = question.parameters["field"] else {
      throw QueryError(.badParameter, "'field' is needed", parameter: "field")
    }
    let limit = try question.parameters.integer("limit", default: 20, in: 1...1_000)
    let field = FieldReference(text: name)
    var predicate = question.predicate
    if let prefix = question.parameters["prefix"] {
      predicate = .all(of: [predicate, .text(field, TextMatch(.prefix(prefix), isCaseFolded: true))])
    }
    let answer = try await environment.store.fieldValues(
      FieldValuesRequest(
        signal: try question.signal(), field: field, timeRange: question.range, predicate: predicate, valueLimit: limit)
    )
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("values")
    writer.beginArray()
    let shown = try GroupBy(name)
    for entry in answer.values {
      writer.beginObject()
      writer.key("value")
      writer.value(name.contains(",") ? entry.value : shown.shown([entry.value]).first ?? nil)
      writer.member("count", integer: entry.rowCount)
      writer.endObject()
    }
    writer.endArray()
    writer.member("distinct", integer: answer.distinctCount)
    writer.key("statistics")
    writer.statistics(answer.statistics, elapsed: ContinuousClock.now - started)
    writer.endObject()
    return Response(json: writer)
  }
}

extension FieldScope {
  /// The word of the API.
  var word: String {
    switch self {
    case .intrinsic: "intrinsic"
    case .resource: "resource"
    case .scope: "scope"
    case .record: "attribute"
    case .event: "event"
    case .link: "link"
    case .any: "any"
    }
  }
}

import Hummingbird
import QueryCore
import TelemetryModel
import TelemetryStore

/// `/api/v1/logs` and what hangs on it.
struct LogEndpoints: Sendable {
  let environment: APIEnvironment

  func add(to router: Router<APIContext>) {
    router.get("/api/v1/logs") { request, context in try await logs(request, context) }
    router.get("/api/v1/logs/aggregate") { request, context in
      try await AggregateEndpoint(environment: environment, signal: .logs).response(request, context)
    }
    router.get("/api/v1/logs/context") { request, context in try await surroundings(request, context) }
  }

  private func logs(_ request: Request, _ context: APIContext) async throws -> Response {
    let scan = try RowScan(request, environment, signal: .logs)
    return try await scan.response(requestID: context.requestID) { batch, count, shown, json in
      var rows = LogRowWriter(batch, shown: shown)
      for row in 0..<count { rows.write(row, to: &json) }
    }
  }

  private func surroundings(_ request: Request, _ context: APIContext) async throws -> Response {
    let parameters = QueryParameters(request.uri.query)
    guard let text = parameters["id"], let id = LogID(text) else {
      throw QueryError(
        .badParameter, "'id' is the id of a log record", parameter: "id", position: 0,
        length: parameters["id"]?.utf8.count)
    }
    let before = try parameters.integer("before", default: 20, in: 0...1_000)
    let after = try parameters.integer("after", default: 20, in: 0...1_000)
    guard let found = try await LogSurroundings(store: environment.store, id: id, before: before, after: after).load()
    else {
      throw APIError.notFound("no log record has this id")
    }
    var writer = JSONWriter()
    writer.beginObject()
    for (name, rows) in [("before", found.before), ("record", [found.record]), ("after", found.after)] {
      writer.key(name)
      if name != "record" { writer.beginArray() }
      for (batch, row) in rows {
        var rowWriter = LogRowWriter(batch, shown: ShownFields(nil))
        rowWriter.write(row, to: &writer)
      }
      if name != "record" { writer.endArray() }
    }
    writer.endObject()
    return Response(json: writer)
  }
}

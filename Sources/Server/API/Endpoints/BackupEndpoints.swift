import HTTPTypes
import Hummingbird
import NIOCore
import TelemetryStore

/// `/api/v1/storage/backups`: keeps what is stored now, as a folder beside it.
struct BackupEndpoints: Sendable {
  let environment: APIEnvironment

  /// Bytes of a request body; a name needs no more.
  private static let bodyLimit = 4_096

  func add(to router: Router<APIContext>) {
    router.get("/api/v1/storage/backups") { _, _ in try await list() }
    router.post("/api/v1/storage/backups") { request, _ in try await create(request) }
    router.delete("/api/v1/storage/backups/{name}") { _, context in
      let isRemoved = try await named { try await environment.store.removeBackup(context.path("name")) }
      guard isRemoved else { throw APIError.notFound("no backup has this name") }
      return Response(status: .noContent)
    }
  }

  private func list() async throws -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("backups")
    writer.beginArray()
    for backup in try await environment.store.backups() { writer.backup(backup) }
    writer.endArray()
    writer.endObject()
    return Response(json: writer)
  }

  private func create(_ request: Request) async throws -> Response {
    let body = try await request.body.collect(upTo: Self.bodyLimit)
    guard let name = JSONReader.strings(Array(body.readableBytesView))?["name"] else {
      throw APIError(
        .badRequest, "bad_parameter", "the body is a JSON object with a name", parameter: "name",
        hint: #"{"name":"before-upgrade"}"#)
    }
    var writer = JSONWriter()
    writer.backup(try await named { try await environment.store.createBackup(name) })
    return Response(json: writer, status: .created)
  }

  /// A name that is none or is taken is the client's mistake.
  private func named<Value>(_ work: () async throws -> Value) async throws -> Value {
    do {
      return try await work()
    } catch StoreFailure.invalid(let why) {
      throw APIError(.badRequest, "bad_parameter", why, parameter: "name")
    }
  }
}

extension JSONWriter {
  fileprivate mutating func backup(_ backup: StoreBackup) {
    beginObject()
    member("name", string: backup.name)
    member("path", string: backup.path)
    member("parts", integer: backup.partCount)
    member("rows", integer: backup.rowCount)
    member("bytes", integer: backup.byteCount)
    if let range = backup.timeRange {
      member("time_first", time: range.lowerBound)
      member("time_last", time: range.upperBound)
    }
    endObject()
  }
}

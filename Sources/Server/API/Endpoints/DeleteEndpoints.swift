import HTTPTypes
import Hummingbird
import NIOCore
import QueryCore
import SearchBar
import TelemetryModel
import TelemetryStore

/// `/api/v1/delete`: deletes records for good, and tells how far that is.
struct DeleteEndpoints: Sendable {
  let environment: APIEnvironment

  /// Bytes of a request body; a query is at most some thousand.
  private static let bodyLimit = 65_536

  func add(to router: Router<APIContext>) {
    router.get("/api/v1/delete") { _, _ in try await list() }
    router.post("/api/v1/delete") { request, _ in try await create(request) }
  }

  private func list() async throws -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("deletions")
    writer.beginArray()
    for deletion in try await environment.store.deletions() { writer.deletion(deletion) }
    writer.endArray()
    writer.endObject()
    return Response(json: writer)
  }

  /// Nothing is left out by accident: the signal and the query must be named, the query may be empty.
  private func create(_ request: Request) async throws -> Response {
    let body = try await request.body.collect(upTo: Self.bodyLimit)
    guard let members = JSONReader.strings(Array(body.readableBytesView)) else {
      throw APIError(
        .badRequest, "bad_parameter", "the body is a JSON object of strings",
        hint: #"{"signal":"logs","q":"user.id:42","from":"now-7d","to":"now"}"#)
    }
    guard let signal = Signal.allCases.first(where: { $0.name == members["signal"] }) else {
      throw APIError(
        .badRequest, "bad_parameter", "'signal' is one of \(Signal.allCases.map(\.name).joined(separator: ", "))",
        parameter: "signal")
    }
    guard let text = members["q"] else {
      throw APIError(
        .badRequest, "bad_parameter", "'q' says what to delete; an empty one takes everything", parameter: "q")
    }
    let now = environment.now()
    var range = TimeRange.all
    if members["from"] != nil || members["to"] != nil {
      guard members["from"] != nil, members["to"] != nil else {
        throw APIError(.badRequest, "bad_parameter", "'from' and 'to' come together", parameter: "from")
      }
      range = try TimeExpression.range(from: members["from"], to: members["to"], now: now)
    }
    let predicate = try SearchParser.parse(text).predicate(now: now)
    let deletion: Deletion
    do throws(StoreFailure) {
      deletion = try await environment.store.delete(
        DeleteRequest(signal: signal, predicate: predicate, timeRange: range, text: text))
    } catch {
      guard case .invalid(let why) = error else { throw error }
      throw APIError(.badRequest, QueryError.Code.badQuery.rawValue, why, parameter: "q", position: 0)
    }
    var writer = JSONWriter()
    writer.deletion(deletion)
    return Response(json: writer, status: .accepted)
  }
}

extension JSONWriter {
  fileprivate mutating func deletion(_ deletion: Deletion) {
    beginObject()
    member("id", string: String(deletion.id))
    member("state", string: deletion.finishedAt == nil ? "pending" : "removed")
    member("signal", string: deletion.signal.name)
    member("q", string: deletion.text)
    if deletion.timeRange != .all {
      member("from", time: deletion.timeRange.start)
      member("to", time: deletion.timeRange.end)
    }
    member("created_at", time: deletion.createdAt)
    member("rows", integer: deletion.rowCount)
    key("removed_at")
    if let finishedAt = deletion.finishedAt { time(finishedAt) } else { null() }
    key("pending_parts")
    strings(deletion.pendingParts)
    key("removed_parts")
    strings(deletion.removedParts)
    key("written_parts")
    strings(deletion.writtenParts)
    endObject()
  }
}

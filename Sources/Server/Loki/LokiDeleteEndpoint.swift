import HTTPTypes
import Hummingbird
import LogQL
import TelemetryModel
import TelemetryStore

/// `delete`: lines that a selection describes, for good; the list of such requests; and their cancellation.
struct LokiDeleteEndpoint: Sendable {
  private static let path = LokiEndpoints.base + "/delete"

  let environment: APIEnvironment

  func add(to router: Router<APIContext>) {
    let path = LokiDeleteEndpoint.path
    router.post("\(path)") { request, _ in await answer(request) { try await create($0) } }
    router.put("\(path)") { request, _ in await answer(request) { try await create($0) } }
    router.get("\(path)") { request, _ in await answer(request) { _ in try await list() } }
    router.delete("\(path)") { request, _ in await answer(request) { try await cancel($0) } }
  }

  private func answer(_ request: Request, _ body: (LokiRequest) async throws -> Response) async -> Response {
    do {
      return try await body(try await LokiRequest(request, now: environment.now()))
    } catch {
      return LokiFailure(error).response
    }
  }

  /// The start must be named, so that nothing is left out by accident; both ends belong to the range.
  private func create(_ request: LokiRequest) async throws -> Response {
    guard let text = request["query"] else { throw LokiFailure.bad("query not set") }
    let selection = try LokiRequest.selection(text)
    guard let start = try request.time("start") else { throw LokiFailure.bad("start time not set") }
    let end = try request.time("end") ?? request.now
    guard start <= end else { throw LokiFailure.bad("start time can't be greater than end time") }
    guard end <= request.now else { throw LokiFailure.bad("deletes in the future are not allowed") }
    let range = TimeRange(start: start, end: end.addingReportingOverflow(1).overflow ? end : end + 1)
    do throws(LogQLError) {
      try await LogQLEngine(store: environment.store).delete(selection, range: range, text: text)
    } catch {
      throw LokiFailure(error, query: text)
    }
    return Response(status: .noContent)
  }

  private func list() async throws -> Response {
    var writer = JSONWriter()
    writer.beginArray()
    for deletion in try await environment.store.deletions() where deletion.signal == .logs {
      writer.beginObject()
      writer.member("request_id", string: String(deletion.id))
      if deletion.timeRange.start != .min {
        writer.key("start_time")
        writer.lokiTime(deletion.timeRange.start)
      }
      if deletion.timeRange.end != .max {
        writer.key("end_time")
        writer.lokiTime(deletion.timeRange.end - 1)
      }
      writer.member("query", string: deletion.text)
      writer.member("status", string: deletion.finishedAt == nil ? "received" : "processed")
      writer.key("created_at")
      writer.lokiTime(deletion.createdAt)
      writer.endObject()
    }
    writer.endArray()
    return Response(json: writer)
  }

  /// A deletion takes effect before it is answered, so there is none that could be cancelled.
  private func cancel(_ request: LokiRequest) async throws -> Response {
    guard let id = request["request_id"] else { throw LokiFailure.bad("request_id not set") }
    let known = try await environment.store.deletions().contains { $0.signal == .logs && String($0.id) == id }
    guard known else { throw LokiFailure(.notFound, "could not find delete request with given id") }
    throw LokiFailure.bad("deletion of request which is in process or already processed is not allowed")
  }
}

import Hummingbird
import QueryCore
import TelemetryModel
import TelemetryStore

/// Streams the rows of a scan as NDJSON: logs and spans.
struct RowScan: Sendable {
  private let store: any TelemetryStore
  private let scan: ScanRequest
  /// Rows that are shown; the scan asks for one more, to know whether there are more.
  private let limit: Int
  /// The parameter `fields`, as given.
  private let fields: String?

  /// What the parameters of a row question ask: window, predicate, `limit`, `order`, `fields`.
  init(_ request: Request, _ environment: APIEnvironment, signal: Signal) throws {
    let question = try Question(request, environment)
    store = environment.store
    limit = try question.parameters.integer("limit", default: 200, in: 1...10_000)
    let order = try question.parameters.choice("order", default: "desc", of: ["asc", "desc"])
    fields = question.parameters["fields"]
    scan = ScanRequest(
      signal: signal, timeRange: question.range, predicate: question.predicate,
      order: order == "asc" ? .oldestFirst : .newestFirst, rowLimit: limit + 1)
  }

  /// - Parameter write: writes the rows `0 ..< count` of a batch into the open array.
  func response(
    requestID: String,
    _ write: @escaping @Sendable (RecordBatch, _ count: Int, ShownFields, inout JSONWriter) -> Void
  ) async throws -> Response {
    // Started before the head is sent, so that a bad regular expression is an answer with status 400.
    let rows = try await store.scan(scan)
    return LineStream.response(scan.timeRange, requestID: requestID) { stream in
      let shownFields = ShownFields(fields)
      stream.beginMeta()
      stream.json.key("columns")
      stream.json.beginArray()
      for column in fields?.split(separator: ",") ?? [] { stream.json.string(String(column)) }
      stream.json.endArray()
      stream.endLine()
      try await stream.flush()
      var shown = 0
      while let event = try await stream.waiting({ rows.statistics }, { try await rows.next() }) {
        guard case .rows(let batch) = event else {
          try await stream.progressIfDue(rows.statistics)
          continue
        }
        let count = min(batch.rowCount, limit - shown)
        if count > 0 {
          stream.json.beginObject()
          stream.json.member("k", string: "rows")
          stream.json.key("rows")
          stream.json.beginArray()
          write(batch, count, shownFields, &stream.json)
          stream.json.endArray()
          stream.endLine()
          try await stream.flush()
          shown += count
        }
        try await stream.progressIfDue(rows.statistics)
        if batch.rowCount > count {
          return StreamEnd(status: .limited, why: "the limit of \(limit) rows was reached", statistics: rows.statistics)
        }
      }
      return StreamEnd(status: .complete, statistics: rows.statistics)
    }
  }
}

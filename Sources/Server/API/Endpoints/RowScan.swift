import Hummingbird
import QueryCore
import TelemetryModel
import TelemetryStore

/// Streams the rows of a scan as NDJSON: logs and spans.
struct RowScan: Sendable {
  let store: any TelemetryStore
  let request: ScanRequest
  /// Rows that are shown; the request asks for one more, to know whether there are more.
  let limit: Int
  let columns: [String]

  init(store: any TelemetryStore, request: ScanRequest, limit: Int, columns: [String]) {
    self.store = store
    self.request = request
    self.limit = limit
    self.columns = columns
  }

  /// - Parameter write: writes the rows `0 ..< count` of a batch into the open array.
  func response(
    requestID: String, _ write: @escaping @Sendable (RecordBatch, _ count: Int, inout JSONWriter) -> Void
  ) async throws -> Response {
    var request = request
    request.rowLimit = limit + 1
    // Started before the head is sent, so that a bad regular expression is an answer with status 400.
    let scan = try await store.scan(request)
    return LineStream.response(request.timeRange, requestID: requestID) { stream in
      stream.beginMeta()
      stream.json.key("columns")
      stream.json.beginArray()
      for column in columns { stream.json.string(column) }
      stream.json.endArray()
      stream.endLine()
      try await stream.flush()
      var shown = 0
      while let event = try await stream.waiting({ scan.statistics }, { try await scan.next() }) {
        guard case .rows(let batch) = event else {
          try await stream.progressIfDue(scan.statistics)
          continue
        }
        let count = min(batch.rowCount, limit - shown)
        if count > 0 {
          stream.json.beginObject()
          stream.json.key("k")
          stream.json.string("rows")
          stream.json.key("rows")
          stream.json.beginArray()
          write(batch, count, &stream.json)
          stream.json.endArray()
          stream.endLine()
          try await stream.flush()
          shown += count
        }
        try await stream.progressIfDue(scan.statistics)
        if batch.rowCount > count {
          return StreamEnd(status: .limited, why: "the limit of \(limit) rows was reached", statistics: scan.statistics)
        }
      }
      return StreamEnd(status: .complete, statistics: scan.statistics)
    }
  }
}

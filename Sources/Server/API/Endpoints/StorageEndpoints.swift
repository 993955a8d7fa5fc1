import Hummingbird
import QueryCore
import TelemetryModel
import TelemetryStore

/// `/api/v1/storage`: what is stored, and what the retention would delete.
struct StorageEndpoints: Sendable {
  let environment: APIEnvironment

  func add(to router: Router<APIContext>) {
    router.get("/api/v1/storage") { _, _ in await storage() }
    router.get("/api/v1/storage/retention") { request, _ in try await retention(request) }
  }

  private func storage() async -> Response {
    let inventory = await environment.store.inventory()
    let status = await environment.status.status()
    var writer = JSONWriter()
    writer.beginObject()
    writer.inventory(inventory)
    writer.key("disk")
    writer.beginObject()
    writer.key("free_bytes")
    if let free = status.diskFreeBytes { writer.integer(free) } else { writer.null() }
    writer.key("total_bytes")
    if let total = status.diskTotalBytes { writer.integer(total) } else { writer.null() }
    writer.endObject()
    writer.endObject()
    return Response(json: writer)
  }

  /// The configured policy, or the one that the parameters describe instead.
  private func retention(_ request: Request) async throws -> Response {
    let parameters = QueryParameters(request.uri.query)
    var policy = RetentionPolicy(maximumAge: [:])
    var isGiven = false
    for signal in Signal.allCases {
      guard let text = parameters[signal.name] else { continue }
      guard let age = DurationLiteral.nanoseconds(text), age > 0 else {
        throw QueryError(
          .badParameter, "'\(text)' is no duration such as 14d", parameter: signal.name, position: 0,
          length: text.utf8.count)
      }
      policy.maximumAge[signal] = age
      isGiven = true
    }
    if let text = parameters["maximum_bytes"] {
      guard let bytes = Int64(text), bytes >= 0 else {
        throw QueryError(
          .badParameter, "'maximum_bytes' is a number of bytes", parameter: "maximum_bytes", position: 0,
          length: text.utf8.count)
      }
      policy.maximumBytes = bytes
      isGiven = true
    }
    let preview = await environment.store.retentionPreview(isGiven ? policy : nil, now: environment.now())
    var writer = JSONWriter()
    writer.retention(preview)
    return Response(json: writer)
  }
}

extension JSONWriter {
  fileprivate mutating func retention(_ preview: RetentionPreview) {
    beginObject()
    key("policy")
    beginObject()
    key("maximum_age_seconds")
    beginObject()
    for signal in Signal.allCases {
      guard let age = preview.policy.maximumAge[signal] else { continue }
      key(signal.name)
      integer(age / 1_000_000_000)
    }
    endObject()
    if let bytes = preview.policy.maximumBytes { member("maximum_bytes", integer: bytes) }
    endObject()
    key("would_delete")
    beginArray()
    for share in preview.shares {
      beginObject()
      member("signal", string: share.signal.name)
      member("rule", string: share.rule.rawValue)
      member("parts", integer: share.partCount)
      member("rows", integer: share.rowCount)
      member("bytes", integer: share.byteCount)
      member("time_first", time: share.timeFirst)
      member("time_last", time: share.timeLast)
      endObject()
    }
    endArray()
    endObject()
  }

  /// Parts with their columns, damage, memory and log.
  fileprivate mutating func inventory(_ inventory: StoreInventory) {
    key("parts")
    beginArray()
    for part in inventory.parts { self.part(part) }
    endArray()
    key("damaged")
    beginArray()
    for part in inventory.damaged {
      beginObject()
      member("name", string: part.name)
      member("reason", string: part.reason)
      endObject()
    }
    endArray()
    key("memory")
    beginObject()
    key("rows")
    beginObject()
    for signal in Signal.allCases {
      key(signal.name)
      integer(inventory.memoryRows[signal] ?? 0)
    }
    endObject()
    member("bytes", integer: inventory.memoryBytes)
    endObject()
    key("log")
    beginObject()
    member("bytes", integer: inventory.walBytes)
    endObject()
    key("compaction")
    beginObject()
    member("merges", integer: inventory.compaction.merges)
    member("rows_written", integer: inventory.compaction.rowsWritten)
    member("bytes_read", integer: inventory.compaction.bytesRead)
    member("bytes_written", integer: inventory.compaction.bytesWritten)
    member("bytes_flushed", integer: inventory.compaction.bytesFlushed)
    endObject()
  }

  private mutating func part(_ part: StoreInventory.Part) {
    beginObject()
    member("name", string: part.name)
    member("signal", string: part.signal.name)
    member("level", integer: part.level)
    member("rows", integer: part.rowCount)
    member("deleted_rows", integer: part.deletedRowCount)
    member("blocks", integer: part.blockCount)
    member("bytes", integer: part.byteCount)
    member("time_first", time: part.timeFirst)
    member("time_last", time: part.timeLast)
    key("columns")
    beginArray()
    for column in part.columns {
      beginObject()
      member("name", string: column.name)
      member("type", string: column.type)
      key("encodings")
      strings(column.encodings)
      member("rows", integer: column.rowCount)
      member("bytes", integer: column.byteCount)
      endObject()
    }
    endArray()
    endObject()
  }
}

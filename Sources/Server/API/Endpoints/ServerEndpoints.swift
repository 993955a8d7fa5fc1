import HTTPTypes
import Hummingbird
import NIOCore
import QueryCore
import TelemetryModel
import TelemetryStore

/// The server about itself: status, storage, ingest, configuration, exposition, liveness.
struct ServerEndpoints: Sendable {
  let environment: APIEnvironment

  func add(to router: Router<APIContext>) {
    router.get("/api/v1/status") { _, _ in await status() }
    router.get("/api/v1/storage") { _, _ in await storage() }
    router.get("/api/v1/ingest/rejected") { _, _ in await rejected() }
    router.get("/api/v1/ingest/sources") { _, _ in await senders() }
    router.get("/api/v1/config") { _, _ in
      var writer = JSONWriter()
      writer.object(await environment.status.configuration())
      return Response(json: writer)
    }
    router.get("/metrics") { _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: await environment.metricsText())))
    }
    router.get("/-/healthy") { _, _ in ServerEndpoints.text("healthy\n", .ok) }
    router.get("/-/ready") { _, _ in
      environment.isReady()
        ? ServerEndpoints.text("ready\n", .ok) : ServerEndpoints.text("starting\n", .serviceUnavailable)
    }
  }

  private static func text(_ text: String, _ status: HTTPResponse.Status) -> Response {
    Response(
      status: status, headers: [.contentType: "text/plain; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  private func status() async -> Response {
    let status = await environment.status.status()
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("version")
    writer.string(status.version)
    writer.key("started_at")
    writer.time(status.startedAt)
    writer.key("uptime_seconds")
    writer.integer(max(0, environment.now() - status.startedAt) / 1_000_000_000)
    writer.key("listeners")
    writer.beginArray()
    for listener in status.listeners {
      writer.beginObject()
      writer.key("kind")
      writer.string(listener.kind)
      writer.key("address")
      writer.string(listener.address)
      writer.endObject()
    }
    writer.endArray()
    writer.key("data_directory")
    writer.string(status.dataDirectory)
    writer.key("durability")
    writer.string(status.durability)
    writer.key("health")
    writer.beginArray()
    for condition in status.health { writer.condition(condition) }
    writer.endArray()
    writer.key("ever_received")
    writer.beginObject()
    for signal in Signal.allCases {
      writer.key(signal.name)
      writer.bool(status.everReceived.contains(signal))
    }
    writer.endObject()
    writer.key("newest")
    writer.beginObject()
    for signal in Signal.allCases {
      guard let newest = status.newest[signal] else { continue }
      writer.key(signal.name)
      writer.time(newest)
    }
    writer.endObject()
    writer.endObject()
    return Response(json: writer)
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

  private func rejected() async -> Response {
    let (since, items) = await environment.rejected.rejected()
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("since")
    writer.time(since)
    writer.key("items")
    writer.beginArray()
    for item in items {
      writer.beginObject()
      writer.key("source")
      writer.string(item.source)
      writer.key("signal")
      writer.string(item.signal.name)
      writer.key("reason")
      writer.string(item.reason)
      writer.key("action")
      writer.string(item.action)
      writer.key("count")
      writer.integer(item.count)
      writer.key("last_time")
      writer.time(item.lastTime)
      writer.key("sample")
      writer.string(item.sample)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return Response(json: writer)
  }

  private func senders() async -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("sources")
    writer.beginArray()
    for sender in await environment.senders.senders() {
      writer.beginObject()
      writer.key("address")
      writer.string(sender.address)
      writer.key("user_agent")
      writer.string(sender.userAgent)
      writer.key("protocol")
      writer.string(sender.transport)
      writer.key("signal")
      writer.string(sender.signal.name)
      writer.key("requests")
      writer.integer(sender.requests)
      writer.key("records")
      writer.integer(sender.records)
      writer.key("bytes")
      writer.integer(sender.bytes)
      writer.key("last_time")
      writer.time(sender.lastTime)
      writer.key("last_error")
      if let error = sender.lastError { writer.string(error) } else { writer.null() }
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return Response(json: writer)
  }
}

extension JSONWriter {
  fileprivate mutating func condition(_ condition: HealthCondition) {
    beginObject()
    key("condition")
    string(condition.condition)
    key("severity")
    string(condition.severity)
    key("message")
    string(condition.message)
    key("since")
    time(condition.since)
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
      key("name")
      string(part.name)
      key("reason")
      string(part.reason)
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
    key("bytes")
    integer(inventory.memoryBytes)
    endObject()
    key("log")
    beginObject()
    key("bytes")
    integer(inventory.walBytes)
    endObject()
  }

  private mutating func part(_ part: StoreInventory.Part) {
    beginObject()
    key("name")
    string(part.name)
    key("signal")
    string(part.signal.name)
    key("rows")
    integer(part.rowCount)
    key("blocks")
    integer(part.blockCount)
    key("bytes")
    integer(part.byteCount)
    key("time_first")
    time(part.timeFirst)
    key("time_last")
    time(part.timeLast)
    key("columns")
    beginArray()
    for column in part.columns {
      beginObject()
      key("name")
      string(column.name)
      key("type")
      string(column.type)
      key("encodings")
      strings(column.encodings)
      key("rows")
      integer(column.rowCount)
      key("bytes")
      integer(column.byteCount)
      endObject()
    }
    endArray()
    endObject()
  }
}

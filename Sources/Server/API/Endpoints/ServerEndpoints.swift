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
    writer.member("version", string: status.version)
    writer.member("started_at", time: status.startedAt)
    writer.member("uptime_seconds", integer: max(0, environment.now() - status.startedAt) / 1_000_000_000)
    writer.key("listeners")
    writer.beginArray()
    for listener in status.listeners {
      writer.beginObject()
      writer.member("kind", string: listener.kind)
      writer.member("address", string: listener.address)
      writer.endObject()
    }
    writer.endArray()
    writer.member("data_directory", string: status.dataDirectory)
    writer.member("durability", string: status.durability)
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

  private func rejected() async -> Response {
    let (since, items) = await environment.rejected.rejected()
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("since", time: since)
    writer.key("items")
    writer.beginArray()
    for item in items {
      writer.beginObject()
      writer.member("source", string: item.source)
      writer.member("signal", string: item.signal.name)
      writer.member("reason", string: item.reason)
      writer.member("action", string: item.action)
      writer.member("count", integer: item.count)
      writer.member("last_time", time: item.lastTime)
      writer.member("sample", string: item.sample)
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
      writer.member("address", string: sender.address)
      writer.member("user_agent", string: sender.userAgent)
      writer.member("protocol", string: sender.transport)
      writer.member("signal", string: sender.signal.name)
      writer.member("requests", integer: sender.requests)
      writer.member("records", integer: sender.records)
      writer.member("bytes", integer: sender.bytes)
      writer.member("last_time", time: sender.lastTime)
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
    member("condition", string: condition.condition)
    member("severity", string: condition.severity)
    member("message", string: condition.message)
    member("since", time: condition.since)
    endObject()
  }
}

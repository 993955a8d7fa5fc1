import NIOCore
import NIOWebSocket
import TelemetryModel

/// One live tail: rows at most every 100 ms, a status each second, until either side closes.
struct TailSession: Sendable {
  let environment: APIEnvironment
  let question: TailQuestion

  func run(_ channel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>) async throws {
    let mailbox = TailMailbox()
    let subscription = environment.live.subscribe(question.signal) { mailbox.add($0) }
    defer { environment.live.unsubscribe(subscription) }
    try await channel.executeThenClose { inbound, outbound in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await listen(inbound, outbound) }
        group.addTask { try await send(mailbox, outbound) }
        // Whichever ends first ends the tail.
        _ = try await group.next()
        group.cancelAll()
      }
    }
  }

  /// Answers pings and returns when the client closes.
  private func listen(
    _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
  ) async throws {
    for try await frame in inbound {
      switch frame.opcode {
      case .ping:
        try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
      case .connectionClose:
        try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: frame.unmaskedData))
        return
      default: continue
      }
    }
  }

  private func send(_ mailbox: TailMailbox, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>) async throws {
    var sampler = TailSampler()
    var json = JSONWriter()
    var next = ContinuousClock.now
    for tick in 1... {
      next += .milliseconds(1000 / TailSampler.ticksPerSecond)
      try await Task.sleep(until: next, clock: .continuous)
      let (batches, lost) = mailbox.take()
      let matches = batches.map { ($0, environment.liveMatcher(question.predicate, $0)) }
      let chosen = sampler.choose(matches, lost: lost)
      if !chosen.isEmpty {
        json.removeAll()
        writeRows(chosen, to: &json)
        try await outbound.write(TailSession.frame(json))
      }
      if tick % TailSampler.ticksPerSecond == 0 {
        json.removeAll()
        json.beginObject()
        json.member("k", string: "status")
        json.member("dropped", integer: sampler.dropped)
        json.member("rate", integer: sampler.takeRate())
        json.endObject()
        try await outbound.write(TailSession.frame(json))
      }
      // A tick that took long is not caught up.
      if next < .now { next = .now }
    }
  }

  private func writeRows(_ chosen: [(batch: RecordBatch, rows: [UInt32])], to json: inout JSONWriter) {
    json.beginObject()
    json.member("k", string: "rows")
    json.key("rows")
    json.beginArray()
    for (batch, rows) in chosen {
      if question.signal == .spans {
        var writer = SpanRowWriter(batch, shown: ShownFields(nil))
        for row in rows { writer.write(Int(row), to: &json) }
      } else {
        var writer = LogRowWriter(batch, shown: ShownFields(nil))
        for row in rows { writer.write(Int(row), to: &json) }
      }
    }
    json.endArray()
    json.endObject()
  }

  private static func frame(_ json: JSONWriter) -> WebSocketFrame {
    WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: json.bytes))
  }
}

import NIOCore
import TelemetryModel

/// One live tail: rows at most every 100 ms, a status each second, until either side closes.
struct TailSession: Sendable {
  let environment: APIEnvironment
  let question: TailQuestion

  func run(_ channel: TailExchange.Channel) async throws {
    try await TailExchange(live: environment.live, signal: question.signal).run(channel) { mailbox, outbound in
      try await send(mailbox, outbound)
    }
  }

  private func send(_ mailbox: TailMailbox, _ outbound: TailExchange.Writer) async throws {
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
        try await outbound.write(TailExchange.frame(json))
      }
      if tick % TailSampler.ticksPerSecond == 0 {
        json.removeAll()
        json.beginObject()
        json.member("k", string: "status")
        json.member("dropped", integer: sampler.dropped)
        json.member("rate", integer: sampler.takeRate())
        json.endObject()
        try await outbound.write(TailExchange.frame(json))
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
}

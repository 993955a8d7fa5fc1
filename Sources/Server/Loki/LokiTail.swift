import Hummingbird
import LogQL
import NIOCore
import TelemetryModel

/// What a Loki client tails.
struct LokiTailQuestion: Sendable {
  static let path = LokiEndpoints.base + "/tail"

  let selection: LogSelection
  /// From when lines that are stored already are shown first.
  let start: Int64
  let limit: Int

  /// - Throws: `LokiFailure` for what is no log query.
  init(query: String?, now: Int64) throws(LokiFailure) {
    let parameters = QueryParameters(query)
    guard let text = parameters["query"] else { throw .bad("parse error : syntax error: unexpected $end") }
    selection = try LokiRequest.selection(text)
    limit = min(max(0, parameters["limit"].flatMap { Int($0) } ?? 100), LogQLLimits().lines)
    start = parameters["start"].flatMap { Int64($0) } ?? now - 3_600_000_000_000
  }
}

/// `tail` for requests that were not upgraded: says why.
struct LokiTailEndpoint: Sendable {
  let environment: APIEnvironment

  func add(to router: Router<APIContext>) {
    router.get("\(LokiTailQuestion.path)") { request, _ -> Response in
      do throws(LokiFailure) {
        _ = try LokiTailQuestion(query: request.uri.query, now: environment.now())
        throw .bad("tail is a WebSocket: connect with ws:// as the first request of a connection")
      } catch {
        return error.response
      }
    }
  }
}

/// What tells that a line has been sent.
private struct SentLine: Hashable {
  private let time: Int64
  private let line: String
  private let stream: LabelSet

  init(_ line: LogLine) {
    time = line.time
    self.line = line.line
    stream = line.stream
  }
}

/// One tail of a Loki client: stored lines first, then lines as they come, until either side closes.
struct LokiTailSession: Sendable {
  /// How often new lines are sent.
  private static let interval = Duration.milliseconds(200)
  /// Lines of one message; more are counted as dropped.
  private static let linesPerMessage = 5_000

  let environment: APIEnvironment
  let question: LokiTailQuestion

  func run(_ channel: TailExchange.Channel) async throws {
    try await TailExchange(live: environment.live, signal: .logs).run(channel) { mailbox, outbound in
      try await send(mailbox, outbound)
    }
  }

  private func send(_ mailbox: TailMailbox, _ outbound: TailExchange.Writer) async throws {
    let tail = try LogQLTail(question.selection)
    let begun = environment.now()
    var sent: Set<SentLine> = []
    if question.limit > 0, question.start < begun {
      let stored = try await LogQLEngine(store: environment.store).lines(
        question.selection, range: TimeRange(start: question.start, end: begun), direction: .backward,
        lineLimit: question.limit
      ).lines
      // What came since the subscription may be among them, and comes again by it.
      sent = Set(stored.map { SentLine($0) })
      if !stored.isEmpty {
        try await outbound.write(TailExchange.frame(LokiTailSession.message(stored.reversed(), dropped: 0)))
      }
    }
    while true {
      try await Task.sleep(for: LokiTailSession.interval)
      var (batches, dropped) = mailbox.take()
      var lines: [LogLine] = []
      for batch in batches { lines += tail.lines(batch).filter { $0.time >= begun || !sent.contains(SentLine($0)) } }
      if lines.count > LokiTailSession.linesPerMessage {
        dropped += lines.count - LokiTailSession.linesPerMessage
        lines = Array(lines.suffix(LokiTailSession.linesPerMessage))
      }
      batches = []
      if !lines.isEmpty || dropped > 0 {
        try await outbound.write(TailExchange.frame(LokiTailSession.message(lines, dropped: dropped)))
      }
    }
  }

  private static func message(_ lines: [LogLine], dropped: Int) -> JSONWriter {
    var json = JSONWriter()
    json.beginObject()
    json.key("streams")
    json.beginArray()
    for stream in LokiStreams(lines, categorizesLabels: false).streams {
      json.lokiStream(stream, categorizesLabels: false)
    }
    json.endArray()
    if dropped > 0 {
      json.key("dropped_entries")
      json.beginArray()
      json.beginObject()
      json.member("timestamp", time: lines.first?.time ?? 0)
      json.member("labels", string: "{}")
      json.endObject()
      json.endArray()
    }
    json.endObject()
    return json
  }
}

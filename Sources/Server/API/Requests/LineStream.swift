import HTTPTypes
import Hummingbird
import NIOCore
import QueryCore
import TelemetryModel
import TelemetryStore

/// An NDJSON answer under way: lines are built in `json` and flushed as found, with progress every 100 ms.
///
/// When the client goes away the next write fails, and with it the query: its task is cancelled.
struct LineStream {
  /// How often progress is told.
  static let interval = Duration.milliseconds(100)
  /// Lines are flushed when they are this long together.
  static let flushBytes = 64 << 10

  var json = JSONWriter()
  private let writer: SoleWriter
  private let range: TimeRange
  private let started = ContinuousClock.now
  private var told = ContinuousClock.now

  private init(_ writer: any ResponseBodyWriter, range: TimeRange) {
    self.writer = SoleWriter(writer: writer)
    self.range = range
    json.reserve(LineStream.flushBytes + 4096)
  }

  /// An answer whose lines `body` writes; it returns how the stream ends.
  static func response(
    _ range: TimeRange, requestID: String, _ body: @escaping @Sendable (inout LineStream) async throws -> StreamEnd
  ) -> Response {
    var headers: HTTPFields = [.contentType: "application/x-ndjson; charset=utf-8", .cacheControl: "no-store"]
    // nginx holds streams back unless told not to.
    if let buffering = HTTPField.Name("x-accel-buffering") { headers[buffering] = "no" }
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody { writer in
        var stream = LineStream(writer, range: range)
        do {
          let end = try await body(&stream)
          stream.writeEnd(end)
        } catch {
          stream.writeError(APIError(error), requestID: requestID)
        }
        try await stream.flush()
        try await writer.finish(nil)
      })
  }

  /// Begins the first line; the caller adds members and calls `endLine`.
  mutating func beginMeta() {
    json.beginObject()
    json.member("k", string: "meta")
    json.member("from", time: range.start)
    json.member("to", time: range.end)
  }

  mutating func endLine() {
    json.endObject()
    json.newline()
  }

  mutating func flush() async throws {
    guard !json.bytes.isEmpty else { return }
    try await writer.write(ByteBuffer(bytes: json.bytes))
    json.removeSent()
  }

  mutating func flushIfLong() async throws {
    if json.bytes.count >= LineStream.flushBytes { try await flush() }
  }

  /// Tells progress if it is time to.
  mutating func progressIfDue(_ statistics: QueryStatistics) async throws {
    if ContinuousClock.now - told >= LineStream.interval { try await progress(statistics) }
  }

  private mutating func progress(_ statistics: QueryStatistics) async throws {
    told = .now
    json.beginObject()
    json.member("k", string: "progress")
    json.member("done", integer: statistics.blocksRead + statistics.blocksPruned)
    json.member("total", integer: statistics.blocksTotal)
    json.member("bytes", integer: statistics.bytesRead)
    json.member("rows", integer: statistics.rowsScanned)
    if let unread = statistics.unreadBefore, unread > range.start {
      json.key("unread")
      json.beginArray()
      json.time(range.start)
      json.time(min(unread, range.end))
      json.endArray()
    }
    endLine()
    try await flush()
  }

  private enum Step<Value: Sendable>: Sendable {
    case done(Value)
    case tick
  }

  /// Runs `operation` and tells progress every 100 ms until it is done; a failed write cancels it.
  ///
  /// - Parameter news: writes the lines that came up since the last call; called before progress is told, and at the end.
  mutating func waiting<Value: Sendable>(
    _ statistics: @escaping @Sendable () -> QueryStatistics, news: (inout JSONWriter) -> Void = { _ in },
    _ operation: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Step<Value>.self) { group in
      func tick(at time: ContinuousClock.Instant) {
        group.addTask {
          try await Task.sleep(until: time, clock: .continuous)
          return .tick
        }
      }
      group.addTask { .done(try await operation()) }
      tick(at: told + LineStream.interval)
      while let step = try await group.next() {
        switch step {
        case .done(let value):
          group.cancelAll()
          news(&json)
          return value
        case .tick:
          news(&json)
          try await progress(statistics())
          tick(at: told + LineStream.interval)
        }
      }
      throw CancellationError()
    }
  }

  private mutating func writeEnd(_ end: StreamEnd) {
    json.beginObject()
    json.member("k", string: "end")
    json.member("status", string: end.status.rawValue)
    if let why = end.why {
      json.member("why", string: why)
    }
    json.key("statistics")
    json.statistics(end.statistics, elapsed: ContinuousClock.now - started)
    endLine()
  }

  private mutating func writeError(_ error: APIError, requestID: String) {
    json.dropOpenLine()
    json.beginObject()
    json.member("k", string: "error")
    json.key("error")
    error.write(to: &json, requestID: requestID)
    endLine()
  }
}

/// How a stream ended.
struct StreamEnd: Sendable {
  enum Status: String, Sendable {
    /// Everything that the question asks for was read.
    case complete
    /// A limit was reached.
    case limited
    /// Something could not be read.
    case partial
  }

  let status: Status
  var why: String?
  let statistics: QueryStatistics
}

extension JSONWriter {
  /// What a query cost.
  mutating func statistics(_ statistics: QueryStatistics, elapsed: Duration) {
    beginObject()
    member("blocks_total", integer: statistics.blocksTotal)
    member("blocks_read", integer: statistics.blocksRead)
    member("blocks_pruned", integer: statistics.blocksPruned)
    member("bytes_read", integer: statistics.bytesRead)
    member("rows_scanned", integer: statistics.rowsScanned)
    member("rows_matched", integer: statistics.rowsMatched)
    key("elapsed_ms")
    let microseconds = elapsed.components.seconds * 1_000_000 + elapsed.components.attoseconds / 1_000_000_000_000
    number(Double(microseconds) / 1000)
    endObject()
  }
}

/// The writer of one answer. Unchecked: only the task that answers the request uses it, one call at a time, and the
/// server's writer is itself sendable behind its protocol.
private struct SoleWriter: @unchecked Sendable {
  let writer: any ResponseBodyWriter

  @concurrent
  func write(_ buffer: ByteBuffer) async throws {
    var writer = writer
    try await writer.write(buffer)
  }
}

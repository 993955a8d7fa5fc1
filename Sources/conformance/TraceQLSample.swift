import EmbeddedStore
import TelemetryModel
import TelemetryStore
import TelemetryWire
import TraceQL

/// A few traces that every valid query is evaluated over.
enum TraceQLSample {
  private static let start: Int64 = 1_763_800_000_000_000_000
  private static let minute: Int64 = 60_000_000_000

  static func request() throws(TraceQLError) -> MetricsRequest {
    try MetricsRequest(start: start - minute, end: start + 10 * minute, step: minute)
  }

  static func store(in folder: String) async throws -> EmbeddedStore {
    var configuration = EmbeddedStoreConfiguration(directory: folder, shardCount: 1)
    configuration.reservedDiskBytes = 0
    configuration.clock = { start }
    let store = try await EmbeddedStore.open(configuration)
    let decoder = BodyDecoder()
    // The second half stays in memory: queries read both.
    for half in 0..<2 {
      let body = Array(json(traces: half * 4..<half * 4 + 4).utf8)
      let decoded = try decoder.decode(
        body, kind: .otlpTracesJSON, contentEncoding: .identity, limits: IngestLimits(), receivedAt: start)
      try store.append(
        [
          IngestBatch(
            kind: .otlpTracesJSON, contentEncoding: .identity, body: body, limits: IngestLimits(), receivedAt: start,
            batch: decoded.batch)
        ], shard: 0)
      if half == 0 { try await store.flush() }
    }
    return store
  }

  private static func json(traces: Range<Int>) -> String {
    let spans = traces.flatMap { trace in (0..<6).map { span(trace, $0) } }
    return """
      {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
      "scopeSpans":[{"scope":{"name":"sample","version":"1"},"spans":[\(spans.joined(separator: ","))]}]}]}
      """
  }

  private static func span(_ trace: Int, _ number: Int) -> String {
    func hex(_ value: Int, _ count: Int) -> String {
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: count - digits.count) + digits
    }
    let begin = start + Int64(trace) * minute + Int64(number) * 1_000_000
    let parent = number == 0 ? "" : "\"parentSpanId\":\"\(hex((number + 1) / 2 + trace * 16, 16))\","
    return """
      {"traceId":"\(hex(trace + 1, 32))","spanId":"\(hex(number + 1 + trace * 16, 16))",\(parent)"name":"step \(number)",
      "kind":\(number % 6),"startTimeUnixNano":"\(begin)","endTimeUnixNano":"\(begin + Int64(number) * 700_000_000)",
      "status":{"code":\(number % 3)},"attributes":[{"key":"a","value":{"intValue":"\(number)"}},
      {"key":"attr","value":{"stringValue":"a\(number)"}},{"key":"http.status","value":{"intValue":"\(200 + number * 100)"}},
      {"key":"foo","value":{"arrayValue":{"values":[{"stringValue":"x"},{"intValue":"1"}]}}}],
      "events":[{"timeUnixNano":"\(begin + 5)","name":"note","attributes":[{"key":"foo","value":{"stringValue":"bar"}}]}],
      "links":[{"traceId":"\(hex(77, 32))","spanId":"\(hex(7, 16))"}]}
      """
  }
}

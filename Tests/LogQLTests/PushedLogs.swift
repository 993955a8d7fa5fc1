import QueryTestSupport
import TelemetryModel
import TelemetryStore
import TelemetryText
import TelemetryWire

@testable import LogQL

/// One line of a test's store.
struct PushedLine {
  var stream: [String: String]
  var line: String
  /// Seconds after `PushedLogs.origin`.
  var second: Int
  var metadata: [String: String] = [:]
}

/// Stores of lines that came by Loki's push.
enum PushedLogs {
  static let origin: Int64 = 1_700_000_000_000_000_000

  static func time(_ second: Int) -> Int64 { origin + Int64(second) * 1_000_000_000 }

  /// The columns of one push.
  static func batch(_ lines: [PushedLine]) throws -> RecordBatch {
    let streams = lines.map { line in
      let values = "[[\"\(time(line.second))\",\(JSONQuoting.quoted(line.line)),\(object(line.metadata))]]"
      return "{\"stream\":\(object(line.stream)),\"values\":\(values)}"
    }
    let body = "{\"streams\":[" + streams.joined(separator: ",") + "]}"
    return try decode(Array(body.utf8), kind: .lokiPushJSON)
  }

  static func decode(_ body: [UInt8], kind: BodyKind) throws -> RecordBatch {
    try BodyDecoder().decode(
      body, kind: kind, contentEncoding: .identity, limits: IngestLimits(), receivedAt: origin
    ).batch
  }

  private static func object(_ pairs: [String: String]) -> String {
    "{"
      + pairs.sorted { $0.key < $1.key }.map { JSONQuoting.quoted($0.key) + ":" + JSONQuoting.quoted($0.value) }
      .joined(separator: ",") + "}"
  }

  static func store(_ batch: RecordBatch) -> NaiveStore { NaiveStore([batch]) }

  static func engine(_ lines: [PushedLine], limits: LogQLLimits = LogQLLimits()) throws -> LogQLEngine {
    LogQLEngine(store: store(try batch(lines)), limits: limits)
  }
}

extension LogQLEngine {
  /// The lines of a query between two seconds, as `{labels} line`.
  func lines(
    _ query: String, from start: Int = 0, to end: Int = 1_000, direction: LineDirection = .forward, limit: Int = 100
  ) async throws -> [String] {
    guard case .lines(let selection) = try LogQLQuery(query).expression else { return ["not a log query"] }
    let range = TimeRange(start: PushedLogs.time(start), end: PushedLogs.time(end))
    return try await lines(selection, range: range, direction: direction, lineLimit: limit).lines.map {
      $0.labels.text + " " + $0.line
    }
  }

  /// The series of a metric query, as `{labels} 1 _ 2`.
  func series(_ query: String, at start: Int, to end: Int? = nil, step: Int = 1) async throws -> [String] {
    guard case .samples(let expression) = try LogQLQuery(query).expression else { return ["not a metric query"] }
    let axis = StepAxis(
      start: PushedLogs.time(start), step: Int64(step) * 1_000_000_000, count: ((end ?? start) - start) / step + 1)
    switch try await evaluate(expression, axis: axis, isInstant: end == nil).value {
    case .scalar(let value): return [GoNumber.plainText(value)]
    case .series(let series):
      return series.map { one in
        one.labels.text + " "
          + one.values.map { $0.map { GoNumber.plainText($0) } ?? "_" }.joined(separator: " ")
      }
    }
  }
}

/// SplitMix64: reproducible randomness from one seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

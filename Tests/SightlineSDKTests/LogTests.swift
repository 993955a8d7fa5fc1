import Logging
import Synchronization
import Testing
import Tracing

@testable import SightlineSDK

@Suite("Logs")
struct LogTests {
  private struct Failure: Error, CustomStringConvertible { let description = "it broke" }
  private struct TracedFailure: StackTracedError { let stackTrace = "inner()\nouter()" }

  private func records(_ sink: RecordingSink) throws -> [ProtobufMessage] {
    try sink.messages(.logs).flatMap { try $0.message(1).messages(2).flatMap { try $0.messages(2) } }
  }

  @Test("lists of numbers and attribute values keep their types in metadata")
  func typedMetadata() async throws {
    let sink = RecordingSink()
    let telemetry = Observability(.quiet(), sink: sink)
    let logger = Logger(label: "l") { telemetry.makeLogHandler(label: $0) }
    logger.info(
      "m",
      metadata: [
        "ints": .stringConvertible([1, 2]), "doubles": .stringConvertible([0.5]),
        "flags": .stringConvertible([true]), "names": .stringConvertible(["a"]),
        "typed": .stringConvertible(AttributeValue.map(["k": .array([1, "x"])])), "text": .stringConvertible("t"),
        "big": .stringConvertible(UInt64.max), "float": .stringConvertible(Float(0.25)),
      ])
    await telemetry.shutdown()
    let attributes = try #require(try records(sink).first).attributes(6)
    let expected = [
      "ints": "[1,2]", "doubles": "[0.5]", "flags": "[true]", "names": "[\"a\"]", "typed": "{k:[1,\"x\"]}",
      "text": "\"t\"", "big": "\"\(UInt64.max)\"", "float": "0.25",
    ]
    for (key, value) in expected { #expect(attributes[key] == value, "\(key)") }
  }

  @Test("an error that knows its stack brings it")
  func stacks() async throws {
    let sink = RecordingSink()
    let telemetry = Observability(.quiet(), sink: sink)
    let logger = Logger(label: "l") { telemetry.makeLogHandler(label: $0) }
    logger.error("m", error: TracedFailure())
    logger.error("m", error: Failure())
    await telemetry.shutdown()
    let records = try records(sink)
    try #require(records.count == 2)
    #expect(try records[0].attributes(6)["exception.stacktrace"]?.contains("outer()") == true)
    #expect(try records[1].attributes(6)["exception.stacktrace"] == nil)
  }

  @Test(
    "an error recorded on a span is an event, a log record under the span, or both",
    arguments: ["", "logs", "logs/dup"])
  func exceptionSignal(_ choice: String) async throws {
    let sink = RecordingSink()
    let telemetry = Observability(.quiet(["OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN": choice]), sink: sink)
    let span = telemetry.tracer.startSpan("s", context: .topLevel)
    span.recordError(Failure(), attributes: ["order.id": 7])
    span.end()
    span.recordError(Failure())
    await telemetry.shutdown()
    let recorded = try #require(try sink.spans().first).span
    #expect(try recorded.messages(11).count == (choice == "logs" ? 0 : 1))
    #expect(try recorded.attributes(9)["error.type"] == "\"SightlineSDKTests.LogTests.Failure\"")
    let records = try records(sink)
    #expect(records.count == (choice.isEmpty ? 0 : 1))
    guard let record = records.first else { return }
    #expect(record.number(2) == 17)
    #expect(record.string(12) == "exception")
    #expect(record.bytes(9) == recorded.bytes(1))
    #expect(record.bytes(10) == recorded.bytes(2))
    let attributes = try record.attributes(6)
    #expect(attributes["exception.message"] == "\"it broke\"")
    #expect(attributes["order.id"] == "7")
  }

  @Test("a statement that writes too much is silenced on the console, and says how much is missing")
  func consoleLimit() {
    let lines = Mutex<[String]>([])
    let console = ConsoleLog(limit: ConsoleLimit(linesPerSecond: 2, burst: 3)) { line in
      lines.withLock { $0.append(line) }
    }
    func write(_ line: UInt, _ milliseconds: UInt64) -> Int {
      console.write(
        PendingLogRecord(
          label: "l", timeNanoseconds: milliseconds * 1_000_000, level: .info, message: "m", metadata: ["k": "v"],
          span: nil), file: "F.swift", line: line)
      return lines.withLock { $0.count }
    }
    #expect((0..<10).map { _ in write(1, 1_000) }.last == 3)
    #expect(write(2, 1_000) == 4, "another statement has its own allowance")
    #expect(write(1, 1_400) == 4)
    #expect(write(1, 1_500) == 5)
    #expect(
      lines.withLock { $0.last }
        == "1970-01-01T00:00:01.500Z info l: m k=v (8 more of this statement were not written)\n")
    #expect(write(1, 2_000) == 6)
    #expect(lines.withLock { $0.last?.contains("more of") } == false)
    for line in 10..<2_000 { _ = write(UInt(line), 2_000) }
    #expect(write(1, 2_000) == 6 + 1_990 + 1, "statements beyond the limit are forgotten, not memory")
    var handler = ConsoleLogHandler(label: "l", console: console)
    handler.metadata = ["a": "logger", "b": "logger"]
    handler.metadataProvider = Logger.MetadataProvider { ["a": "provider", "c": "provider"] }
    let logger = Logger(label: "l") { _ in handler }
    logger.info("x", metadata: ["b": "record"])
    #expect(lines.withLock { $0.last?.hasSuffix(" info l: x a=logger b=record c=provider\n") } == true)
  }
}

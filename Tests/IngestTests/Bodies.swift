import TelemetryModel

@testable import Ingest

/// OTLP bodies of one record each.
enum Bodies {
  static func body(_ kind: BodyKind, text: String = "hello") -> [UInt8] {
    switch kind {
    case .otlpLogsProtobuf: logs(text: text)
    case .otlpTracesProtobuf:
      nested([1, 2, 2]) {
        $0.bytes(1, (1...16).map { UInt8($0) })
        $0.bytes(2, (1...8).map { UInt8($0) })
        $0.string(5, text)
      }
    case .otlpMetricsProtobuf:
      nested([1, 2, 2]) { metric in
        metric.string(1, text)
        var gauge = ProtobufMessage()
        gauge.bytes(1, [UInt8(0x31), 1, 0, 0, 0, 0, 0, 0, 0])
        metric.bytes(5, gauge.bytes)
      }
    case .otlpLogsJSON:
      Array(#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"\#(text)"}}]}]}]}"#.utf8)
    case .otlpTracesJSON:
      Array(
        #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"\#(text)"}]}]}]}"#
          .utf8)
    case .otlpMetricsJSON:
      Array(
        #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"\#(text)","gauge":{"dataPoints":[{"asInt":"1"}]}}]}]}]}"#
          .utf8)
    case .remoteWriteV1, .remoteWriteV2: []
    }
  }

  /// The kinds that the OTLP listener takes.
  static let otlpKinds = BodyKind.allCases.filter { $0.rawValue <= BodyKind.otlpMetricsJSON.rawValue }

  /// A log record; `time` 0 for "when received".
  static func logs(text: String, time: UInt64 = 0) -> [UInt8] {
    var record = ProtobufMessage()
    var value = ProtobufMessage()
    value.string(1, text)
    record.bytes(5, value.bytes)
    let timeField: [UInt8] = time == 0 ? [] : [0x09] + (0..<8).map { UInt8(truncatingIfNeeded: time >> (8 * $0)) }
    var scope = ProtobufMessage()
    scope.bytes(2, timeField + record.bytes)
    var resource = ProtobufMessage()
    resource.bytes(2, scope.bytes)
    var request = ProtobufMessage()
    request.bytes(1, resource.bytes)
    return request.bytes
  }

  /// A field whose length runs past the end.
  static let malformed: [UInt8] = [0x0a, 0x7f, 0x01]

  private static func nested(_ fields: [Int], _ write: (inout ProtobufMessage) -> Void) -> [UInt8] {
    var message = ProtobufMessage()
    write(&message)
    for field in fields.reversed() {
      var outer = ProtobufMessage()
      outer.bytes(field, message.bytes)
      message = outer
    }
    return message.bytes
  }

  /// gzip with one stored block: compresses nothing, but every decoder reads it.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    precondition(bytes.count <= 0xffff, "one stored block holds 64 KiB")
    func littleEndian(_ value: UInt32, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }
    var crc: UInt32 = 0xffff_ffff
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    let length = UInt32(bytes.count)
    return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1] + littleEndian(length, 2) + littleEndian(~length, 2) + bytes
      + littleEndian(~crc, 4) + littleEndian(length, 4)
  }
}

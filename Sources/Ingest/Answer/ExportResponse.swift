import TelemetryModel
import TelemetryText

/// `Export{Logs,Trace,Metrics}ServiceResponse`: empty when everything was stored, else with `partial_success`.
enum ExportResponse {
  /// As protobuf; the three messages have the same numbers.
  static func protobuf(_ rejection: PartialRejection?) -> [UInt8] {
    guard let rejection else { return [] }
    var partialSuccess = ProtobufMessage()
    partialSuccess.integer(1, rejection.count)
    partialSuccess.string(2, rejection.message)
    var response = ProtobufMessage()
    response.bytes(1, partialSuccess.bytes)
    return response.bytes
  }

  /// As proto3 JSON.
  static func json(_ rejection: PartialRejection?, signal: Signal) -> [UInt8] {
    guard let rejection else { return Array("{}".utf8) }
    let countName =
      switch signal {
      case .logs: "rejectedLogRecords"
      case .spans: "rejectedSpans"
      case .metrics: "rejectedDataPoints"
      }
    let count = rejection.count == 0 ? "" : #""\#(countName)":"\#(rejection.count)","#
    return Array(
      (#"{"partialSuccess":{"# + count + #""errorMessage":"# + JSONQuoting.quoted(rejection.message) + "}}").utf8)
  }
}

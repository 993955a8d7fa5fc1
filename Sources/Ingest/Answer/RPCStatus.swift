import TelemetryText

/// `google.rpc.Status` of a refusal, with `RetryInfo` when it may be repeated and `BadRequest` when it was malformed.
enum RPCStatus {
  /// As protobuf.
  static func protobuf(_ refusal: IngestRefusal) -> [UInt8] {
    var status = ProtobufMessage()
    status.integer(1, AnswerStatus(refusal.code).grpc)
    status.string(2, refusal.message)
    if let retryInfo = retryInfo(refusal) {
      status.bytes(3, any("google.rpc.RetryInfo", retryInfo))
    }
    if refusal.code == .malformed {
      var violation = ProtobufMessage()
      violation.string(1, "body")
      violation.string(2, refusal.message)
      var badRequest = ProtobufMessage()
      badRequest.bytes(1, violation.bytes)
      status.bytes(3, any("google.rpc.BadRequest", badRequest.bytes))
    }
    return status.bytes
  }

  /// As proto3 JSON.
  static func json(_ refusal: IngestRefusal) -> [UInt8] {
    var details: [String] = []
    if let seconds = refusal.retryAfterSeconds {
      details.append(#"{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"\#(seconds)s"}"#)
    }
    if refusal.code == .malformed {
      details.append(
        #"{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"body","description":"#
          + JSONQuoting.quoted(refusal.message) + "}]}")
    }
    var text = #"{"code":\#(AnswerStatus(refusal.code).grpc),"message":"# + JSONQuoting.quoted(refusal.message)
    if !details.isEmpty { text += #","details":["# + details.joined(separator: ",") + "]" }
    return Array((text + "}").utf8)
  }

  /// `google.rpc.RetryInfo` as protobuf; nil when the request must not be repeated.
  static func retryInfo(_ refusal: IngestRefusal) -> [UInt8]? {
    guard let seconds = refusal.retryAfterSeconds else { return nil }
    var duration = ProtobufMessage()
    duration.integer(1, seconds)
    var retryInfo = ProtobufMessage()
    retryInfo.bytes(1, duration.bytes)
    return retryInfo.bytes
  }

  private static func any(_ type: String, _ value: [UInt8]) -> [UInt8] {
    var message = ProtobufMessage()
    message.string(1, "type.googleapis.com/" + type)
    message.bytes(2, value)
    return message.bytes
  }
}

import NIOHPACK

/// The answer to a unary gRPC request.
struct GRPCAnswer: Sendable, Equatable {
  /// The response message with its 5-byte prefix; nil for an answer of trailers only.
  let message: [UInt8]?
  /// Before the message, or the only headers.
  let headers: HPACKHeaders
  /// After the message; nil for an answer of trailers only.
  let trailers: HPACKHeaders?

  init(_ outcome: IngestOutcome) {
    var headers: HPACKHeaders = [":status": "200", "content-type": "application/grpc"]
    switch outcome {
    case .stored(let rejection):
      message = Self.framed(ExportResponse.protobuf(rejection))
      self.headers = headers
      trailers = ["grpc-status": "0"]
    case .refused(let refusal):
      headers.add(name: "grpc-status", value: String(AnswerStatus(refusal.code).grpc))
      headers.add(name: "grpc-message", value: Self.percentEncoded(refusal.message))
      headers.add(name: "grpc-status-details-bin", value: Base64.unpadded(RPCStatus.protobuf(refusal)))
      if let retryInfo = RPCStatus.retryInfo(refusal) {
        headers.add(name: "google.rpc.retryinfo-bin", value: Base64.unpadded(retryInfo))
      }
      if refusal.code == .unsupported { headers.add(name: "grpc-accept-encoding", value: "identity,gzip,zstd,deflate") }
      message = nil
      self.headers = headers
      trailers = nil
    }
  }

  private static func framed(_ message: [UInt8]) -> [UInt8] {
    let length = UInt32(message.count)
    return [0, UInt8(length >> 24), UInt8(length >> 16 & 0xff), UInt8(length >> 8 & 0xff), UInt8(length & 0xff)]
      + message
  }

  /// Printable ASCII but `%` as it is, every other byte as `%XX`, as the gRPC protocol asks for.
  static func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    for byte in text.utf8 {
      if (0x20...0x7e).contains(byte), byte != UInt8(ascii: "%") {
        encoded.append(byte)
      } else {
        encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}

/// Base64 for binary gRPC headers.
enum Base64 {
  /// Without padding, as gRPC implementations send it.
  static func unpadded(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    var bits: UInt32 = 0
    var bitCount: UInt32 = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      bitCount += 8
      while bitCount >= 6 {
        bitCount -= 6
        text.append(alphabet[Int(bits >> bitCount & 63)])
      }
      bits &= (1 << bitCount) - 1
    }
    if bitCount > 0 { text.append(alphabet[Int(bits << (6 - bitCount) & 63)]) }
    return String(decoding: text, as: UTF8.self)
  }
}

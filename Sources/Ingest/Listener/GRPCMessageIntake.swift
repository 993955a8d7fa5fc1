import NIOCore

/// Gathers the one message of a unary gRPC request: a flag, a 4-byte length, and as many bytes.
struct GRPCMessageIntake {
  private(set) var body: BodyIntake
  /// Whether the message is compressed as the header `grpc-encoding` says.
  private(set) var isCompressed = false
  private var prefix: [UInt8] = []
  private var length: Int?
  private let limit: Int

  init(permit: AdmissionPermit, limit: Int) {
    self.body = BodyIntake(permit: permit, limit: limit, reservedBytes: 0)
    self.limit = limit
  }

  /// Takes what arrived. Returns why the request must be refused, if it must.
  mutating func append(_ data: ByteBuffer) -> IngestRefusal? {
    var data = data
    while length == nil, let byte = data.readInteger(as: UInt8.self) {
      prefix.append(byte)
      guard prefix.count == 5 else { continue }
      guard prefix[0] <= 1 else {
        return IngestRefusal(.malformed, "the compressed flag of the gRPC message is \(prefix[0])")
      }
      isCompressed = prefix[0] == 1
      let announced = prefix[1...].reduce(0) { $0 << 8 | Int($1) }
      guard announced <= limit else { return .bodyTooLarge(limit: limit) }
      length = announced
      body.reserve(min(announced, 8 << 20))
    }
    guard data.readableBytes > 0, let length else { return nil }
    guard body.bytes.count + data.readableBytes <= length else {
      return IngestRefusal(.malformed, "more bytes than one gRPC message; Export takes exactly one")
    }
    return body.append(data)
  }

  /// Why the request must be refused at its end, if it must.
  func finish() -> IngestRefusal? {
    guard let length else { return IngestRefusal(.malformed, "the request has no gRPC message") }
    guard body.bytes.count == length else {
      return IngestRefusal(.malformed, "the gRPC message ends after \(body.bytes.count) of \(length) bytes")
    }
    return nil
  }
}

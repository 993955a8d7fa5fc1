import HTTPTypes
import Hummingbird
import NIOCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// JSON bodies of the shop.
enum JSON {
  /// The bytes of a value.
  static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return Array(try encoder.encode(value))
  }

  /// The value of bytes.
  static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
    try JSONDecoder().decode(type, from: Data(bytes))
  }

  /// An answer with a value.
  static func response(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
    let body = try encode(value)
    return Response(
      status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: body)))
  }

  /// The value in the body of a request.
  static func body<Value: Decodable>(_ type: Value.Type, of request: Request) async throws -> Value {
    let buffer = try await request.body.collect(upTo: 1 << 20)
    do {
      return try decode(type, from: Array(buffer.readableBytesView))
    } catch {
      throw ServiceFailure(.badRequest, "the body is not what this route takes")
    }
  }
}

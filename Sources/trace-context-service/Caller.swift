import AsyncHTTPClient
import Hummingbird
import NIOCore
import NIOHTTP1
import SightlineSDK

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Posts the arguments of each call to its address, one after the other.
struct Caller: Sendable {
  let http: InstrumentedHTTPClient

  /// One element of the request.
  private struct Call: Decodable {
    var url: String
    var arguments: JSONValue
  }

  /// Makes the calls of a request; a call that fails does not keep the next one from being made.
  func answer(_ request: Request) async throws -> Response {
    let body = try await request.body.collect(upTo: 1 << 20)
    let calls: [Call]
    do {
      calls = try JSONDecoder().decode([Call].self, from: Data(body.readableBytesView))
    } catch {
      throw HTTPError(.badRequest, message: "the body is no array of {\"url\", \"arguments\"}: \(error)")
    }
    var failures: [String] = []
    for call in calls {
      do {
        try await post(call)
      } catch {
        failures.append("\(call.url): \(error)")
      }
    }
    return Response(
      status: failures.isEmpty ? .ok : .badGateway, headers: [.contentType: "text/plain"],
      body: .init(byteBuffer: ByteBuffer(string: failures.joined(separator: "\n"))))
  }

  private func post(_ call: Call) async throws {
    var request = HTTPClientRequest(url: call.url)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(call.arguments)))
    let response = try await http.execute(request, timeout: .seconds(30))
    for try await _ in response.body {}
  }
}

/// Any JSON, passed on as it came.
enum JSONValue: Codable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}

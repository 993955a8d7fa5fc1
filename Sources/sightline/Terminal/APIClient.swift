import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A failure that is told to the user as it is.
struct CommandFailure: Error, Sendable {
  let message: String
  /// The parameter's text and the UTF-8 byte range in it that is wrong.
  var text: String?
  var position: Int?
  var length: Int?
  var hint: String?

  init(_ message: String) { self.message = message }

  /// A server that did not answer.
  static func unreachable(_ server: String, _ error: any Error) -> CommandFailure {
    let text = "\(error)"
    let reason = text.contains("refused") ? "connection refused" : text
    return CommandFailure("cannot reach \(server): \(reason); is the server running? `sightline serve` starts one")
  }

  /// The answer to a request that failed: the API's error object, or whatever came.
  init(status: Int, body: [UInt8], parameters: [(name: String, value: String)]) {
    guard let error = JSONValue(body)?["error"] else {
      message = "the server answered \(status)"
      return
    }
    message = error["message"]?.text ?? "the server answered \(status)"
    hint = error["hint"]?.text
    position = error["position"]?.integer.map { Int($0) }
    length = error["length"]?.integer.map { Int($0) }
    let name = error["parameter"]?.text
    text = parameters.first { $0.name == name }?.value
  }

  /// The message, and the text with the wrong place underlined.
  func lines(_ terminal: Terminal) -> [String] {
    var lines = ["error: " + message]
    if let text, let position, position >= 0 {
      let bytes = Array(text.utf8)
      let start = min(position, bytes.count)
      let end = min(start + max(length ?? 1, 1), bytes.count)
      let before = TerminalText.oneLine(String(decoding: bytes[..<start], as: UTF8.self))
      let wrong = TerminalText.oneLine(String(decoding: bytes[start..<end], as: UTF8.self))
      lines.append("  " + TerminalText.oneLine(text))
      lines.append(
        "  " + String(repeating: " ", count: TerminalText.width(before))
          + String(repeating: "^", count: max(1, TerminalText.width(wrong))))
    }
    if let hint { lines.append("hint: " + hint) }
    return lines
  }
}

/// Asks a server's HTTP API.
struct APIClient: Sendable {
  /// Without a slash at the end.
  let server: String
  let token: String?

  /// Bytes of an answer that is taken as a whole.
  private static let documentLimit = 256 << 20

  init(server: String, token: String?) {
    self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
    self.token = token
  }

  /// The address of a path with its parameters.
  func address(_ path: String, _ parameters: [(name: String, value: String)]) -> String {
    let query = parameters.map { $0.name + "=" + APIClient.percentEncoded($0.value) }.joined(separator: "&")
    return server + path + (query.isEmpty ? "" : "?" + query)
  }

  /// The whole answer, as JSON.
  func document(_ path: String, _ parameters: [(name: String, value: String)] = []) async throws -> JSONValue {
    try await APIClient.document(of: try await send(HTTPClientRequest(url: address(path, parameters)), parameters))
  }

  /// Makes something that a JSON object of strings describes; the answer.
  func create(_ path: String, _ members: [(name: String, value: String)]) async throws -> JSONValue {
    var request = HTTPClientRequest(url: server + path)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    let body = JSONValue.object(members.map { JSONValue.Member(key: $0.name, value: .string($0.value)) })
    request.body = .bytes(ByteBuffer(string: body.json))
    return try await APIClient.document(of: try await send(request, members))
  }

  func remove(_ path: String) async throws {
    var request = HTTPClientRequest(url: server + path)
    request.method = .DELETE
    _ = try await send(request, [])
  }

  private static func document(of response: HTTPClientResponse) async throws -> JSONValue {
    let body = try await response.body.collect(upTo: APIClient.documentLimit)
    guard let value = JSONValue(body.readableBytesView) else { throw CommandFailure("the server's answer is not JSON") }
    return value
  }

  /// The lines of an NDJSON answer, as they come. A stream without its end is a failure.
  func lines(
    _ path: String, _ parameters: [(name: String, value: String)], _ receive: (JSONValue) throws -> Void
  ) async throws {
    let response = try await send(HTTPClientRequest(url: address(path, parameters)), parameters)
    var pending: [UInt8] = []
    var isComplete = false
    for try await buffer in response.body {
      pending.append(contentsOf: buffer.readableBytesView)
      var start = 0
      while let end = pending[start...].firstIndex(of: 0x0a) {
        guard let line = JSONValue(pending[start..<end]) else {
          throw CommandFailure("the server sent a line that is not JSON")
        }
        start = end + 1
        switch line["k"]?.text {
        case "error": throw CommandFailure(status: 500, body: Array(line.json.utf8), parameters: parameters)
        case "end": isComplete = true
        default: break
        }
        try receive(line)
      }
      pending.removeFirst(start)
    }
    guard isComplete else { throw CommandFailure("the answer was cut; what was shown is not everything") }
  }

  /// - Parameter parameters: of which the answer to a mistake may name one.
  private func send(
    _ original: HTTPClientRequest, _ parameters: [(name: String, value: String)]
  ) async throws -> HTTPClientResponse {
    var request = original
    request.headers.add(name: "user-agent", value: "sightline-cli")
    if let token { request.headers.add(name: "authorization", value: "Bearer " + token) }
    let response: HTTPClientResponse
    do {
      response = try await HTTPClient.shared.execute(request, deadline: .distantFuture)
    } catch {
      throw CommandFailure.unreachable(server, error)
    }
    guard (200..<300).contains(response.status.code) else {
      let body = try await response.body.collect(upTo: 1 << 20)
      throw CommandFailure(
        status: Int(response.status.code), body: Array(body.readableBytesView), parameters: parameters)
    }
    return response
  }

  /// Unreserved characters as they are, every other byte as `%XX`.
  static func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        encoded.append(byte)
      default: encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}

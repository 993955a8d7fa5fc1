import HTTPTypes
import Hummingbird
import NIOCore
import QueryCore
import TelemetryStore
import TraceQL

/// Answers in the form of Tempo's API: errors are plain text.
enum TempoAnswer {
  static func text(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "text/plain; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  static func protobuf(_ bytes: [UInt8]) -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/protobuf", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  /// Runs a handler; what it throws becomes Tempo's plain text.
  static func catching(_ query: String?, _ body: () async throws -> Response) async -> Response {
    do {
      return try await body()
    } catch let error as TraceQLError {
      return TempoAnswer.error(error, query ?? "")
    } catch {
      let error = APIError(error)
      return text(error.message, error.status)
    }
  }

  private static func error(_ error: TraceQLError, _ query: String) -> Response {
    switch error {
    case .syntax(let message, let offset):
      return text("invalid TraceQL query: parse error at \(place(offset, query)): \(message)", .badRequest)
    case .invalid(let message, let offset):
      return text("invalid TraceQL query: \(message) (\(place(offset, query)))", .badRequest)
    case .unsupported(let message, let offset):
      return text("invalid TraceQL query: \(message) not supported (\(place(offset, query)))", .badRequest)
    case .evaluation(let message): return text(message, .badRequest)
    case .memoryExhausted: return text(error.description, .unprocessableContent)
    case .store(let failure):
      let failure = APIError(failure)
      return text(failure.message, failure.status)
    }
  }

  /// Line and column from one, the column in bytes.
  private static func place(_ offset: Int, _ query: String) -> String {
    let before = query.utf8.prefix(offset)
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
    return "line \(line), col \(column)"
  }
}

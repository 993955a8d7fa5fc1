import HTTPTypes
import Hummingbird
import LogQL
import NIOCore
import QueryCore
import SearchBar
import TelemetryStore
import TraceQL

/// An answer that is an error, with the envelope of docs/api/README.md.
struct APIError: Error {
  let status: HTTPResponse.Status
  let code: String
  let message: String
  var parameter: String?
  var position: Int?
  var length: Int?
  var hint: String?
  /// Seconds after which asking again makes sense.
  var retryAfter: Int?

  init(
    _ status: HTTPResponse.Status, _ code: String, _ message: String, parameter: String? = nil, position: Int? = nil,
    length: Int? = nil, hint: String? = nil, retryAfter: Int? = nil
  ) {
    self.status = status
    self.code = code
    self.message = message
    self.parameter = parameter
    self.position = position
    self.length = length
    self.hint = hint
    self.retryAfter = retryAfter
  }

  /// The one table from errors to answers.
  init(_ error: any Error) {
    switch error {
    case let error as APIError: self = error
    case let error as QueryError:
      self.init(
        .badRequest, error.code.rawValue, error.message, parameter: error.parameter, position: error.position,
        length: error.length, hint: error.hint)
    case let error as SearchBarError:
      self.init(
        .badRequest, QueryError.Code.badQuery.rawValue, error.message, parameter: "q", position: error.position,
        length: error.length, hint: error.hint)
    case let error as StoreFailure: self.init(error)
    case let error as LogQLError: self.init(error)
    case let error as TraceQLError: self.init(error)
    case is CancellationError: self.init(.serviceUnavailable, "cancelled", "the query was cancelled")
    case let error as HTTPError:
      self.init(
        error.status, error.status == .notFound ? "not_found" : "bad_request", error.body ?? error.status.reasonPhrase)
    default: self.init(.internalServerError, "internal", "the request failed inside the server")
    }
  }

  private init(_ error: LogQLError) {
    switch error {
    case .syntax(let message, let offset):
      self.init(.badRequest, QueryError.Code.badQuery.rawValue, message, parameter: "q", position: offset)
    case .evaluation, .limit: self.init(.badRequest, QueryError.Code.badQuery.rawValue, error.message, parameter: "q")
    case .unavailable: self.init(.serviceUnavailable, "unavailable", error.message, retryAfter: 5)
    case .cancelled: self.init(.serviceUnavailable, "cancelled", error.message)
    }
  }

  private init(_ error: TraceQLError) {
    switch error {
    case .store(let failure): self.init(failure)
    case .memoryExhausted(let operation, let limit):
      self.init(StoreFailure.memoryExhausted(operation: operation, limitBytes: limit))
    case .syntax(let message, let offset), .invalid(let message, let offset):
      self.init(.badRequest, QueryError.Code.badQuery.rawValue, message, parameter: "q", position: offset)
    case .unsupported(let message, let offset):
      self.init(
        .badRequest, QueryError.Code.badQuery.rawValue, "\(message) not supported", parameter: "q", position: offset)
    case .evaluation(let message):
      self.init(.badRequest, QueryError.Code.badQuery.rawValue, message, parameter: "q")
    }
  }

  private init(_ failure: StoreFailure) {
    switch failure {
    case .overloaded: self.init(.serviceUnavailable, "overloaded", failure.description, retryAfter: 1)
    case .diskFull: self.init(.serviceUnavailable, "disk_full", failure.description, retryAfter: 5)
    case .unavailable: self.init(.serviceUnavailable, "unavailable", failure.description, retryAfter: 5)
    case .cancelled: self.init(.serviceUnavailable, "cancelled", "the query was cancelled")
    case .memoryExhausted:
      self.init(
        .unprocessableContent, "too_much_memory", failure.description,
        hint: "ask for a shorter window, fewer groups or a narrower filter")
    case .invalid(let why): self.init(.badRequest, QueryError.Code.badQuery.rawValue, why)
    }
  }

  /// Writes the members of the envelope's `error`.
  func write(to writer: inout JSONWriter, requestID: String) {
    writer.beginObject()
    writer.member("code", string: code)
    writer.member("message", string: message)
    for (name, text) in [("parameter", parameter), ("hint", hint)] {
      guard let text else { continue }
      writer.key(name)
      writer.string(text)
    }
    for (name, number) in [("position", position), ("length", length)] {
      guard let number else { continue }
      writer.key(name)
      writer.integer(number)
    }
    writer.member("request_id", string: requestID)
    writer.endObject()
  }

  func response(requestID: String) -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("error")
    write(to: &writer, requestID: requestID)
    writer.endObject()
    var response = Response(json: writer, status: status)
    if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
    if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
    return response
  }

  static func notFound(_ what: String) -> APIError { APIError(.notFound, "not_found", what) }
}

extension Response {
  /// A JSON answer.
  init(json writer: JSONWriter, status: HTTPResponse.Status = .ok) {
    self.init(
      status: status, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.bytes)))
  }
}

import HTTPTypes
import Hummingbird
import QueryCore
import TelemetryStore
import TraceQL

/// Answers in the form of Jaeger's API.
enum JaegerAnswer {
  /// The envelope of version 1 around what `write` writes; `total` counts its elements.
  static func data(total: Int, _ write: (inout JSONWriter) -> Void) -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("data")
    write(&writer)
    writer.member("total", integer: total)
    writer.member("limit", integer: 0)
    writer.member("offset", integer: 0)
    writer.key("errors")
    writer.null()
    writer.endObject()
    return Response(json: writer)
  }

  /// Version 1's errors: no data, and a list with one error.
  static func error(_ message: String, _ status: HTTPResponse.Status) -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("data")
    writer.null()
    writer.member("total", integer: 0)
    writer.member("limit", integer: 0)
    writer.member("offset", integer: 0)
    writer.key("errors")
    writer.beginArray()
    writer.beginObject()
    writer.member("code", integer: status.code)
    writer.member("msg", string: message)
    writer.endObject()
    writer.endArray()
    writer.endObject()
    return Response(json: writer, status: status)
  }

  /// Version 3's errors.
  static func error3(_ message: String, _ status: HTTPResponse.Status) -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("error")
    writer.beginObject()
    writer.member("httpCode", integer: status.code)
    writer.member("message", string: message)
    writer.endObject()
    writer.endObject()
    return Response(json: writer, status: status)
  }

  /// Runs a handler; what it throws becomes an error of the version.
  static func catching(
    _ failed: (String, HTTPResponse.Status) -> Response = JaegerAnswer.error, _ body: () async throws -> Response
  ) async -> Response {
    do {
      return try await body()
    } catch let error as TraceQLError {
      switch error {
      case .store(let failure):
        let error = APIError(failure)
        return failed(error.message, error.status)
      case .memoryExhausted: return failed(error.description, .unprocessableContent)
      case .syntax, .invalid, .unsupported, .evaluation: return failed(error.description, .badRequest)
      }
    } catch {
      let error = APIError(error)
      return failed(error.message, error.status)
    }
  }
}

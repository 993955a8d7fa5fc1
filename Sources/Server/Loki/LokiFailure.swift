import HTTPTypes
import Hummingbird
import LogQL
import TelemetryStore

/// A failure as Loki's clients know it: a status and a plain text.
struct LokiFailure: Error {
  let status: HTTPResponse.Status
  let message: String

  init(_ status: HTTPResponse.Status, _ message: String) {
    self.status = status
    self.message = message
  }

  /// A mistake in a request.
  static func bad(_ message: String) -> LokiFailure { LokiFailure(.badRequest, message) }

  /// A failure of a query, whose text shows where.
  init(_ error: LogQLError, query: String) {
    switch error {
    case .syntax, .evaluation, .limit: self.init(.badRequest, error.text(in: query))
    case .unavailable: self.init(.serviceUnavailable, error.message)
    case .cancelled: self.init(HTTPResponse.Status(code: 499), error.message)
    }
  }

  init(_ error: any Error) {
    switch error {
    case let error as LokiFailure: self = error
    case let error as LogQLError: self.init(error, query: "")
    case let error as StoreFailure: self.init(LogQLError(error, operation: "the request"), query: "")
    default:
      let known = APIError(error)
      self.init(known.status, known.message)
    }
  }

  var response: Response { Response(text: message + "\n", status) }
}

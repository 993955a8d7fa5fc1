import HTTPTypes
import Hummingbird
import PromQL
import QueryCore
import TelemetryStore

/// An error in Prometheus' envelope.
struct PrometheusError: Error {
  /// Prometheus' words for what went wrong.
  enum Kind: String {
    case badData = "bad_data"
    case execution
    case timeout
    case canceled
    case `internal`
    case unavailable
    case notFound = "not_found"
    case notAcceptable = "not_acceptable"

    var status: HTTPResponse.Status {
      switch self {
      case .badData: .badRequest
      case .execution: .unprocessableContent
      case .timeout, .unavailable: .serviceUnavailable
      case .canceled: HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request")
      case .internal: .internalServerError
      case .notFound: .notFound
      case .notAcceptable: .notAcceptable
      }
    }
  }

  let kind: Kind
  let message: String
  var retryAfter: Int?

  init(_ kind: Kind, _ message: String, retryAfter: Int? = nil) {
    self.kind = kind
    self.message = message
    self.retryAfter = retryAfter
  }

  /// A parameter that cannot be read.
  static func invalid(_ name: String, _ why: some CustomStringConvertible) -> PrometheusError {
    PrometheusError(.badData, "invalid parameter \"\(name)\": \(why)")
  }

  /// The one table from errors to answers.
  init(_ error: any Error) {
    switch error {
    case let error as PrometheusError: self = error
    case let error as PromQLError: self.init(error)
    case let error as StoreFailure: self.init(error)
    case let error as QueryError: self.init(.badData, error.message)
    case is CancellationError: self.init(.canceled, "query was canceled")
    default: self.init(.internal, "the request failed inside the server")
    }
  }

  private init(_ error: PromQLError) {
    switch error.code {
    case .parse: self.init(.badData, error.description)
    case .execution, .limit, .source: self.init(.execution, error.description)
    case .cancelled: self.init(.canceled, error.description)
    }
  }

  private init(_ failure: StoreFailure) {
    switch failure {
    case .overloaded: self.init(.unavailable, failure.description, retryAfter: 1)
    case .diskFull, .unavailable: self.init(.unavailable, failure.description, retryAfter: 5)
    case .cancelled: self.init(.canceled, "query was canceled")
    case .memoryExhausted: self.init(.execution, failure.description)
    case .invalid(let why): self.init(.badData, why)
    }
  }

  var response: Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("status", string: "error")
    writer.member("errorType", string: kind.rawValue)
    writer.member("error", string: message)
    writer.endObject()
    var response = Response(json: writer, status: kind.status)
    if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
    return response
  }
}

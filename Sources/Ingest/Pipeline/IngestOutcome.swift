/// What became of a request.
package enum IngestOutcome: Sendable, Equatable {
  /// Everything that was accepted is durable; `rejection` says what was not.
  case stored(rejection: PartialRejection?)
  /// Nothing was stored.
  case refused(IngestRefusal)
}

/// The part of a request that was not stored, or was stored changed: OTLP's partial success.
package struct PartialRejection: Sendable, Equatable {
  /// Records refused; 0 when the message is only a warning.
  package let count: Int
  /// What was wrong, in English.
  package let message: String

  package init(count: Int, message: String) {
    self.count = count
    self.message = message
  }
}

/// Why a request was refused as a whole.
package struct IngestRefusal: Error, Sendable, Equatable {
  package enum Code: String, Sendable, Hashable, CaseIterable {
    /// The body, its compression or its framing cannot be decoded.
    case malformed
    /// The content type, content encoding or message encoding is not understood.
    case unsupported
    /// More bytes than the limit, before or after decompression.
    case tooLarge = "too_large"
    case unauthenticated
    /// No such path.
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    /// No such gRPC method.
    case unimplemented
    /// The client took too long to send.
    case timedOut = "timed_out"
    /// Too much is in flight: retry shortly.
    case overloaded
    /// No space is left: retry later.
    case diskFull = "disk_full"
    /// The store takes nothing now: retry later.
    case unavailable
  }

  package let code: Code
  /// What failed and what to do, for people.
  package let message: String
  /// Seconds after which a retry may succeed; nil when the same request can never succeed.
  package let retryAfterSeconds: Int?

  package init(_ code: Code, _ message: String, retryAfterSeconds: Int? = nil) {
    self.code = code
    self.message = message
    self.retryAfterSeconds = retryAfterSeconds
  }

  /// A refusal that the client shall repeat after 1–5 s, jittered so that clients do not come back together.
  package static func retryable(_ code: Code, _ message: String) -> IngestRefusal {
    IngestRefusal(code, message, retryAfterSeconds: Int.random(in: 1...5))
  }
}

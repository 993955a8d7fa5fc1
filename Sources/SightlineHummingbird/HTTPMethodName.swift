/// The method of a request as the conventions want it: one of the known ones, or `_OTHER` with the original beside it.
struct HTTPMethodName: Sendable, Equatable {
  /// The value of `http.request.method`.
  let name: String
  /// The value of `http.request.method_original`; nil for a known method.
  let original: String?

  private static let known: Set<String> = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY",
  ]

  init(_ method: String) {
    let isKnown = Self.known.contains(method)
    name = isKnown ? method : "_OTHER"
    original = isKnown ? nil : method
  }

  /// The name of the span before the route is known.
  var spanName: String { original == nil ? name : "HTTP" }
}

/// The query of a URL without the values that give access to something.
enum RedactedQuery {
  private static let secrets: Set<Substring> = ["AWSAccessKeyId", "Signature", "sig", "X-Goog-Signature"]

  static func redact(_ query: String) -> String {
    query.split(separator: "&", omittingEmptySubsequences: false).map { part in
      guard let equals = part.firstIndex(of: "="), secrets.contains(part[..<equals]) else { return String(part) }
      return part[...equals] + "REDACTED"
    }.joined(separator: "&")
  }
}

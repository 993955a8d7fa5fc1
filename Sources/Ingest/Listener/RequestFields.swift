/// The header fields that decide what happens to a request, over either HTTP version.
struct RequestFields: Sendable {
  let method: String
  /// With a query, if one was sent.
  let target: String
  let contentType: String?
  let contentEncoding: String?
  let authorization: String?
  let userAgent: String?
  /// The path without its query.
  var path: Substring { target.prefix { $0 != "?" } }

  /// The type without parameters, in lower case.
  var mediaType: String {
    guard let contentType else { return "" }
    return contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
  }

  /// The secret of `Authorization: Bearer …`.
  var bearer: String? {
    guard let authorization, authorization.count > 7, authorization.prefix(7).lowercased() == "bearer " else {
      return nil
    }
    return String(authorization.dropFirst(7).drop { $0 == " " })
  }

  /// Whether this is gRPC rather than plain HTTP.
  var isGRPC: Bool { contentType?.lowercased().hasPrefix("application/grpc") ?? false }
}

/// How a refusal is called in HTTP and in gRPC: the one table.
package struct AnswerStatus: Sendable, Hashable {
  /// HTTP status code.
  package let http: Int
  /// `google.rpc.Code`, in gRPC trailers and in the bodies of HTTP errors.
  let grpc: Int

  package init(_ code: IngestRefusal.Code) {
    switch code {
    case .malformed: (http, grpc) = (400, GRPCCode.invalidArgument)
    case .unsupported: (http, grpc) = (415, GRPCCode.unimplemented)
    case .tooLarge: (http, grpc) = (413, GRPCCode.resourceExhausted)
    case .unauthenticated: (http, grpc) = (401, GRPCCode.unauthenticated)
    case .notFound: (http, grpc) = (404, GRPCCode.unimplemented)
    case .methodNotAllowed: (http, grpc) = (405, GRPCCode.unimplemented)
    case .unimplemented: (http, grpc) = (501, GRPCCode.unimplemented)
    case .timedOut: (http, grpc) = (408, GRPCCode.deadlineExceeded)
    case .overloaded, .diskFull, .unavailable: (http, grpc) = (503, GRPCCode.unavailable)
    }
  }
}

/// The codes of `google.rpc.Code` that are used here.
enum GRPCCode {
  static let ok = 0
  static let invalidArgument = 3
  static let deadlineExceeded = 4
  static let resourceExhausted = 8
  static let unimplemented = 12
  static let unavailable = 14
  static let unauthenticated = 16
}

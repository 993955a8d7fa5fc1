/// Encoded bytes that cannot be decoded.
package struct EncodingError: Error, Sendable, Equatable {
  package enum Code: String, Sendable {
    /// The bytes end early.
    case truncated
    /// The bytes contradict themselves.
    case damaged
    /// An encoding that this version does not know.
    case unknownEncoding
    /// A stated size beyond the format's limits.
    case tooLarge
  }

  package let code: Code
  /// What exactly, in words.
  package let detail: String

  package init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = detail
  }
}

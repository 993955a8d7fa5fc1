/// Why a body could not be decoded, and where.
///
/// A trivial value of 16 bytes, so that the walkers' typed throws cost nothing until one is thrown.
package struct WireError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What the sender should be told.
  package enum Code: UInt8, Sendable, Hashable {
    /// The bytes are not what they claim to be: sending them again is pointless.
    case malformed
    /// The body is beyond a limit.
    case tooLarge
    case badCompression
    case unsupportedEncoding
  }

  /// What was found; fixes code and message.
  package enum Reason: UInt8, Sendable, Hashable {
    case truncated, varintTooLong, badTag, groupUnsupported, badPackedLength
    case badJSON, badJSONString, badJSONNumber, unexpectedJSONType, badBase64, integerOutOfRange
    case badLabelText
    case bodyTooLarge, decompressedTooLarge, windowTooLarge
    case badGzip, badDeflate, badZstd, badSnappy, truncatedCompression, outOfMemory
    case unknownEncoding
  }

  package let reason: Reason
  /// Byte offset in the decompressed body, or in the compressed one when decompression failed.
  package let offset: Int

  package init(_ reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  package var code: Code {
    switch reason {
    case .truncated, .varintTooLong, .badTag, .groupUnsupported, .badPackedLength, .badJSON, .badJSONString,
      .badJSONNumber, .unexpectedJSONType, .badBase64, .integerOutOfRange, .badLabelText:
      .malformed
    case .bodyTooLarge, .decompressedTooLarge, .windowTooLarge, .outOfMemory: .tooLarge
    case .badGzip, .badDeflate, .badZstd, .badSnappy, .truncatedCompression: .badCompression
    case .unknownEncoding: .unsupportedEncoding
    }
  }

  /// For people: what is wrong, without the offset.
  package var message: String {
    switch reason {
    case .truncated: "a field reaches beyond the end of its message"
    case .varintTooLong: "a varint has more than ten bytes"
    case .badTag: "a field tag has no valid field number or wire type"
    case .groupUnsupported: "protobuf groups are not supported"
    case .badPackedLength: "a packed field's length is no multiple of its element size"
    case .badJSON: "invalid JSON"
    case .badJSONString: "invalid JSON string"
    case .badJSONNumber: "invalid JSON number"
    case .unexpectedJSONType: "a JSON value has another type than its OTLP field"
    case .badBase64: "invalid base64"
    case .integerOutOfRange: "an integer is beyond the range of its OTLP field"
    case .badLabelText: "the labels of a stream are not of the form {name=\"value\"}"
    case .bodyTooLarge: "the body is larger than the limit"
    case .decompressedTooLarge: "the decompressed body is larger than the limit"
    case .windowTooLarge: "the zstd window is larger than the limit"
    case .outOfMemory: "no memory to decompress the body"
    case .badGzip: "the body is not valid gzip"
    case .badDeflate: "the body is neither valid zlib nor valid deflate"
    case .badZstd: "the body is not valid zstd"
    case .badSnappy: "the body is not a valid snappy block"
    case .truncatedCompression: "the compressed body ends too early"
    case .unknownEncoding: "the content encoding is not supported"
    }
  }

  package var description: String { "\(message) (at byte \(offset))" }
}

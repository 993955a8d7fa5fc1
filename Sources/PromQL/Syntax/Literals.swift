/// A number, perhaps written as a duration.
package struct NumberLiteral: Sendable {
  package var value: Double
  /// Whether the text was a duration such as `5m`.
  package var isDuration: Bool
  package var range: SourceRange
}

/// A string. Its bytes need not be UTF-8, since escapes can write any byte.
package struct StringLiteral: Sendable {
  package var bytes: [UInt8]
  package var range: SourceRange

  /// The text, malformed bytes replaced.
  package var text: String { String(decoding: bytes, as: UTF8.self) }
  /// Whether the bytes are UTF-8.
  package var isWellFormed: Bool { String(validating: bytes, as: UTF8.self) != nil }
}

/// Why a search text does not parse, and where.
package struct SearchBarError: Error, Sendable, Hashable {
  package let message: String
  /// UTF-8 bytes from the start of the text.
  package let position: Int
  /// UTF-8 bytes; at least one, also at the end of the text.
  package let length: Int
  package let hint: String?

  package init(_ message: String, position: Int, length: Int = 1, hint: String? = nil) {
    self.message = message
    self.position = position
    self.length = max(1, length)
    self.hint = hint
  }
}

import TelemetryText

/// Why a stage cannot be made, in Loki's words.
struct StageError: Error {
  let message: String

  init(_ message: String) { self.message = message }

  /// A regular expression of the query.
  static func compile(_ pattern: String, isAnchored: Bool) throws(StageError) -> RegularExpression {
    do {
      return try RegularExpression(isAnchored ? "(?s:\(pattern))" : pattern, isAnchored: isAnchored)
    } catch {
      throw StageError("error parsing regexp: \(error.reason)")
    }
  }
}

/// Bytes of a query's text, counted from zero; the end is not included.
package struct SourceRange: Sendable, Equatable {
  package var start: Int
  package var end: Int

  package init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }

  /// From the start of one range to the end of another.
  package static func ... (left: SourceRange, right: SourceRange) -> SourceRange { SourceRange(left.start, right.end) }

  /// Line and column of the start in `query`, both counted from one, the column in bytes: `1:23`.
  package func position(in query: String) -> String {
    var line = 1
    var column = 1
    for byte in query.utf8.prefix(max(start, 0)) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
    return "\(line):\(column)"
  }
}

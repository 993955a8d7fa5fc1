/// A query that has been read and checked.
package struct LogQLQuery: Sendable {
  package let text: String
  package let expression: LogQLExpression

  /// - Throws: `.syntax` with the place of what is wrong.
  package init(_ text: String) throws(LogQLError) {
    self.text = text
    expression = try LogQLParser.parse(text)
  }

  /// The query in its canonical form.
  package var formatted: String { LogQLPrinter.text(expression) }
}

/// One word or sign of a query.
struct Token: Equatable {
  enum Kind: Equatable {
    case endOfInput
    case identifier
    /// An identifier with colons.
    case metricIdentifier
    case string, number, duration
    case leftParenthesis, rightParenthesis, leftBrace, rightBrace, leftBracket, rightBracket
    case comma, colon, at, assign, matches, notMatches
    case symbol(BinaryOperator)
    case aggregator(AggregateOperator)
    case keyword(Keyword)
  }

  /// Words that are no functions; all may be metric or label names where one is due.
  enum Keyword: String, CaseIterable {
    case by, without, on, ignoring, offset, bool, start, end, step, range, anchored, smoothed
    case groupLeft = "group_left"
    case groupRight = "group_right"
  }

  var kind: Kind
  var text: String
  var range: SourceRange

  /// How error messages name the token.
  var description: String {
    switch kind {
    case .endOfInput: "end of input"
    case .identifier: "identifier \(GoText.quoted(text))"
    case .metricIdentifier: "metric identifier \(GoText.quoted(text))"
    case .string: "string \(shortened)"
    case .number: "number \(shortened)"
    case .duration: "duration \(shortened)"
    case .symbol: "<op:\(text)>"
    case .assign, .matches, .notMatches, .at: "<op:\(text)>"
    case .aggregator: "<aggr:\(text)>"
    case .keyword: "<\(text)>"
    default: GoText.quoted(text)
    }
  }

  private var shortened: String {
    text.unicodeScalars.count > 10
      ? "\(GoText.quoted(String(String.UnicodeScalarView(text.unicodeScalars.prefix(10)))))..." : GoText.quoted(text)
  }

  /// Whether the token may be the name of a metric.
  var isMetricName: Bool {
    switch kind {
    case .identifier, .metricIdentifier, .aggregator, .symbol(.and), .symbol(.or), .symbol(.unless): true
    case .keyword(let keyword):
      switch keyword {
      case .bool, .on, .ignoring, .groupLeft, .groupRight: false
      default: true
      }
    default: false
    }
  }

  /// Whether the token may be the name of a label.
  var isLabelName: Bool {
    switch kind {
    case .identifier, .aggregator, .keyword, .symbol(.and), .symbol(.or), .symbol(.unless), .symbol(.atan2): true
    default: false
    }
  }
}

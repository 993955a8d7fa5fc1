import QueryCore
import TelemetryModel
import TelemetryStore
import TelemetryText

/// A condition that the store evaluates, and whether it says all that the query says.
struct LoweredCondition: Sendable {
  /// Holds at least for every row that the query keeps.
  var predicate: Predicate
  /// Whether it holds for no other row.
  var isExact: Bool

  /// Nothing that the store could use.
  static let unknown = LoweredCondition(predicate: .all, isExact: false)
}

/// Lowers conditions on labels to conditions on stored fields.
struct LabelPredicate {
  let catalogue: LabelCatalogue

  func condition(_ matcher: StreamMatcher) -> LoweredCondition {
    guard let sources = catalogue.sources(of: matcher.name), let test = try? TextTest(matcher.positive) else {
      return .unknown
    }
    var alternatives: [Predicate] = []
    var missing: [Predicate] = []
    for source in sources {
      guard let matches = LabelPredicate.predicate(matcher.positive, test, source) else { return .unknown }
      alternatives.append(.all(of: missing + [matches]))
      missing.append(.not(.exists(source.field)))
    }
    // A label that is missing reads as the empty text.
    if test.holds("") { alternatives.append(.all(of: missing)) }
    let positive = Predicate.any(of: alternatives)
    guard matcher.operation.isNegative else { return LoweredCondition(predicate: positive, isExact: true) }
    let negative: Predicate =
      switch positive {
      case .all: .nothing
      case .nothing: .all
      default: .not(positive)
      }
    return LoweredCondition(predicate: negative, isExact: true)
  }

  /// A positive match of one field; nil when the store's texts may differ from the label's.
  private static func predicate(_ matcher: StreamMatcher, _ test: TextTest, _ source: LabelSource) -> Predicate? {
    switch source.meaning {
    case .severity:
      return .any(
        of: SeverityRange.allCases.filter { test.holds($0.name) }.map { range in
          .and([
            .compare(source.field, .greaterOrEqual, .int(range.numbers.lowerBound)),
            .compare(source.field, .lessOrEqual, .int(range.numbers.upperBound)),
          ])
        })
    case .levelWord:
      return levelWord(test, source.field)
    case .text, .line:
      guard source.types.isSubset(of: [.string, .int, .bool, .traceID, .spanID]) else { return nil }
      return text(matcher, source)
    }
  }

  private static let levelWords = [
    "trace", "trc", "debug", "dbg", "info", "inf", "information", "notice", "warn", "wrn", "warning", "error", "err",
    "critical", "crit", "fatal", "panic", "emergency", "alert",
  ]

  private static func levelWord(_ test: TextTest, _ field: FieldReference) -> Predicate {
    func equals(_ word: String) -> Predicate { .text(field, TextMatch(.equals(word), isCaseFolded: true)) }
    var alternatives = levelWords.filter { test.holds(DetectedLevel.text(word: $0)) }.map(equals)
    if test.holds("unknown") {
      alternatives.append(.and([.exists(field), .not(.any(of: levelWords.map(equals)))]))
    }
    return .any(of: alternatives)
  }

  private static func text(_ matcher: StreamMatcher, _ source: LabelSource) -> Predicate {
    let values = matcher.operation == .equal ? [matcher.value] : literals(matcher.value)
    guard let values else {
      if matcher.value == ".+", source.types == [.string] {
        return .and([.exists(source.field), .not(.equals(source.field, .string("")))])
      }
      return .text(source.field, TextMatch(.regularExpression("(?s:\(matcher.value))", anchored: true)))
    }
    if source.types == [.string], values.count > 1 { return .memberOf(source.field, values.map { .string($0) }) }
    return .any(of: values.map { equals(source, $0) })
  }

  /// A field that reads as a text: compared in the type it is stored in, where filters can prune, if that is the same.
  private static func equals(_ source: LabelSource, _ text: String) -> Predicate {
    let isCanonicalID = text == text.lowercased()
    if source.types == [.string] || (isCanonicalID && source.types.isSubset(of: [.string, .traceID, .spanID])) {
      return .equals(source.field, .string(text))
    }
    if source.types == [.int] {
      guard let number = Int64(text), String(number) == text else { return .nothing }
      return .equals(source.field, .int(number))
    }
    return .text(source.field, TextMatch(.equals(text)))
  }

  /// The texts of an expression that is nothing but alternatives: `a|b`; nil for any other.
  private static func literals(_ expression: String) -> [String]? {
    let isPlain = expression.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (0x30...0x39).contains(byte)
        || "|_- /:,".utf8.contains(byte)
    }
    guard isPlain else { return nil }
    return expression.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
  }

  // MARK: Filters

  func condition(_ filter: LabelFilter) -> LoweredCondition {
    switch filter {
    case .text(let matcher): return condition(matcher)
    case .and(let left, let right):
      let (one, other) = (condition(left), condition(right))
      return LoweredCondition(
        predicate: .all(of: [one.predicate, other.predicate]), isExact: one.isExact && other.isExact)
    case .or(let left, let right):
      let (one, other) = (condition(left), condition(right))
      return LoweredCondition(
        predicate: .any(of: [one.predicate, other.predicate]), isExact: one.isExact && other.isExact)
    case .number(let name, let comparison, let value): return number(name, comparison, value)
    case .duration(let name, _, _), .bytes(let name, _, _), .address(let name, _, _): return presence(name)
    }
  }

  /// Rows without the label never pass such a filter.
  private func presence(_ name: String) -> LoweredCondition {
    guard let sources = catalogue.sources(of: name) else { return .unknown }
    return LoweredCondition(predicate: .any(of: sources.map { .exists($0.field) }), isExact: false)
  }

  private func number(_ name: String, _ comparison: NumberComparison, _ value: Double) -> LoweredCondition {
    guard let sources = catalogue.sources(of: name), sources.count == 1, let source = sources.first,
      source.meaning == .text, source.types.isSubset(of: [.int, .double]), value.isFinite
    else { return presence(name) }
    let literal = AttributeValue.double(value)
    let predicate: Predicate =
      switch comparison {
      case .equal: .compare(source.field, .equal, literal)
      case .notEqual: .and([.exists(source.field), .not(.compare(source.field, .equal, literal))])
      case .greater: .compare(source.field, .greater, literal)
      case .greaterOrEqual: .compare(source.field, .greaterOrEqual, literal)
      case .less: .compare(source.field, .less, literal)
      case .lessOrEqual: .compare(source.field, .lessOrEqual, literal)
      }
    return LoweredCondition(predicate: predicate, isExact: true)
  }
}

extension StreamMatcher {
  /// The matcher that this one is, or is the negation of.
  fileprivate var positive: StreamMatcher {
    switch operation {
    case .equal, .matches: self
    case .notEqual: StreamMatcher(name, .equal, value)
    case .doesNotMatch: StreamMatcher(name, .matches, value)
    }
  }
}

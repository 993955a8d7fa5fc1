import TelemetryText

/// Keeps lines by their labels.
struct LabelFilterStage: Stage {
  private let test: LabelTest

  init(_ filter: LabelFilter) throws(StageError) { test = try LabelTest(filter) }

  func process(_ row: inout PipelineRow) -> Bool { test.holds(&row.labels) }
}

/// A label filter, ready to run.
indirect enum LabelTest: Sendable {
  case text(String, TextTest)
  case number(String, NumberComparison, Double)
  case duration(String, NumberComparison, Int64)
  case bytes(String, NumberComparison, UInt64)
  case address(String, isEqual: Bool, AddressPattern)
  case and(LabelTest, LabelTest)
  case or(LabelTest, LabelTest)

  init(_ filter: LabelFilter) throws(StageError) {
    switch filter {
    case .text(let matcher): self = .text(matcher.name, try TextTest(matcher))
    case .number(let name, let comparison, let value): self = .number(name, comparison, value)
    case .duration(let name, let comparison, let value): self = .duration(name, comparison, value)
    case .bytes(let name, let comparison, let value): self = .bytes(name, comparison, value)
    case .address(let name, let isEqual, let pattern):
      self = .address(name, isEqual: isEqual, try AddressPattern(pattern))
    case .and(let left, let right): self = .and(try LabelTest(left), try LabelTest(right))
    case .or(let left, let right): self = .or(try LabelTest(left), try LabelTest(right))
    }
  }

  /// Whether the filter keeps the line. A label that is no number of the kind asked for keeps the line and marks it
  /// with an error; on a line that is marked already only comparisons of texts decide.
  func holds(_ labels: inout RowLabels) -> Bool {
    switch self {
    case .text(let name, let test): return test.holds(labels[name] ?? "")
    case .and(let left, let right): return left.holds(&labels) && right.holds(&labels)
    case .or(let left, let right): return left.holds(&labels) || right.holds(&labels)
    case .number(let name, let comparison, let value):
      return compare(name, &labels) { text in
        GoNumber.double(text).map { .holds(comparison.holds($0, value)) }
          ?? .failed("strconv.ParseFloat: parsing \(QuotedText.quoted(text)): invalid syntax")
      }
    case .duration(let name, let comparison, let value):
      return compare(name, &labels) { text in
        GoDuration.nanoseconds(text).map { .holds(comparison.holds($0, value)) }
          ?? .failed("time: invalid duration \(QuotedText.quoted(text))")
      }
    case .bytes(let name, let comparison, let value):
      return compare(name, &labels) { text in
        ByteSize.bytes(text).map { .holds(comparison.holds($0, value)) }
          ?? .failed("unhandled size name: \(text)")
      }
    case .address(let name, let isEqual, let pattern):
      if labels.error != nil { return true }
      guard let text = labels[name] else { return false }
      return pattern.isFound(in: Array(text.utf8)[...]) == isEqual
    }
  }

  private func compare(
    _ name: String, _ labels: inout RowLabels, _ body: (String) -> NumberOutcome
  ) -> Bool {
    if labels.error != nil { return true }
    guard let text = labels[name] else { return false }
    switch body(text) {
    case .holds(let holds): return holds
    case .failed(let why):
      labels.fail(.labelFilter, why)
      return true
    }
  }
}

/// What came of comparing a label with a number.
enum NumberOutcome {
  case holds(Bool)
  case failed(String)
}

/// A comparison of texts, ready to run.
enum TextTest: Sendable {
  case equals(String)
  case differs(String)
  case matches(RegularExpression)
  case doesNotMatch(RegularExpression)

  init(_ matcher: StreamMatcher) throws(StageError) {
    switch matcher.operation {
    case .equal: self = .equals(matcher.value)
    case .notEqual: self = .differs(matcher.value)
    case .matches: self = .matches(try StageError.compile(matcher.value, isAnchored: true))
    case .doesNotMatch: self = .doesNotMatch(try StageError.compile(matcher.value, isAnchored: true))
    }
  }

  /// Whether a value passes; a missing label is the empty text.
  func holds(_ value: String) -> Bool {
    switch self {
    case .equals(let text): value == text
    case .differs(let text): value != text
    case .matches(let expression): expression.matches(value)
    case .doesNotMatch(let expression): !expression.matches(value)
    }
  }
}

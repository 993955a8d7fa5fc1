package import TelemetryModel

/// How the values of a field are written in questions.
package enum FieldMeaning: Sendable, Hashable {
  /// Any type, as the data has it.
  case free
  case severity
  case status
  case kind
  /// Nanoseconds; written with a unit, or as a plain number of nanoseconds.
  case duration
  case time
  case traceID
  case spanID

  package init(_ field: FieldReference) {
    switch field {
    case Field.severity: self = .severity
    case Field.status: self = .status
    case Field.kind: self = .kind
    case Field.duration: self = .duration
    case Field.time, Field.observedTime, Field.startTime: self = .time
    case Field.traceID: self = .traceID
    case Field.spanID, Field.parentSpanID: self = .spanID
    default: self = .free
    }
  }

  /// Whether rows with the value 0 do not have the column.
  package var zeroIsAbsent: Bool { self == .severity || self == .status || self == .kind }

  /// The integers that `text` stands for; several for a range of severities.
  ///
  /// - Throws: `.badParameter` when the field has no such word.
  package func numbers(_ text: String, field: FieldReference, now: Int64) throws(QueryError) -> ClosedRange<Int64> {
    if let range = numbers(text, now: now) { return range }
    throw QueryError(
      .badParameter, "'\(text)' is no value of \(field.text)", position: 0, length: max(1, text.utf8.count), hint: hint)
  }

  private func numbers(_ text: String, now: Int64) -> ClosedRange<Int64>? {
    switch self {
    case .free, .traceID, .spanID: return nil
    case .time: return TimeExpression.nanoseconds(text, now: now).map { $0...$0 }
    case .duration: return (Int64(text) ?? DurationLiteral.nanoseconds(text)).map { $0...$0 }
    case .severity: return Int64(text).map { $0...$0 } ?? FieldMeaning.severities(text.lowercased())
    case .status:
      let code = StatusCode.allCases.first { $0.name == text.lowercased() }?.rawValue ?? Int64(text)
      return code.map { $0...$0 }
    case .kind:
      let kind = SpanKind.allCases.first { $0.name == text.lowercased() }?.rawValue ?? Int64(text)
      return kind.map { $0...$0 }
    }
  }

  /// `warn` is the whole range, `warn2` one number of it.
  private static func severities(_ text: String) -> ClosedRange<Int64>? {
    if text == "unset" { return 0...0 }
    if let range = SeverityRange(name: text) { return range.numbers }
    guard let digit = text.last?.wholeNumberValue, (1...4).contains(digit),
      let range = SeverityRange(name: String(text.dropLast()))
    else { return nil }
    let number = range.numbers.lowerBound + Int64(digit) - 1
    return number...number
  }

  private var hint: String? {
    switch self {
    case .free, .traceID, .spanID: nil
    case .severity: "use trace, debug, info, warn, error, fatal, unset or a number"
    case .status: "use unset, ok or error"
    case .kind: "use internal, server, client, producer, consumer or unspecified"
    case .duration: "use a number with a unit, such as 200ms or 1.5s"
    case .time: "use now-15m, 2026-01-31T12:00:00Z or epoch milliseconds"
    }
  }

  /// The word of a stored value of the field, where the field has words; else the value itself.
  package func word(_ value: AttributeValue?) -> AttributeValue? {
    let number: Int64
    if case .int(let stored)? = value { number = stored } else if value == nil { number = 0 } else { return value }
    switch self {
    case .status: return StatusCode(rawValue: number).map { .string($0.name) } ?? value
    case .kind: return SpanKind(rawValue: number).map { .string($0.name) } ?? value
    default: return value
    }
  }
}

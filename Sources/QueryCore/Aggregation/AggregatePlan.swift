package import TelemetryModel
package import TelemetryStore

/// The aggregates of a question: what the store computes, and how its states become the numbers asked for.
package struct AggregatePlan: Sendable, Hashable {
  /// How one number comes out of the states.
  package enum Output: Sendable, Hashable {
    case count
    /// Rows per second of the bucket, or of the window.
    case rate
    case sum
    case average
    case minimum
    case maximum
    case distinct
    case quantile(Double)
  }

  /// One number asked for: its name as written, the state it comes from and the way.
  package struct Column: Sendable, Hashable {
    package let name: String
    package let state: Int
    package let output: Output
  }

  /// What to ask the store for, without repetition.
  package private(set) var aggregates: [Aggregate] = []
  package private(set) var columns: [Column] = []

  /// Parses `count,errors,p95(duration)`.
  ///
  /// - Parameter signal: decides what `errors` counts: severities of `error` and above, or spans whose status is error.
  /// - Throws: `.badParameter` for parameter `agg`, with the position of the aggregate that is wrong.
  package init(_ text: String, signal: Signal) throws(QueryError) {
    var position = 0
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let length = part.utf8.count
      let name = part.trimmingSpaces
      guard let (output, aggregate) = AggregatePlan.parse(name, signal: signal) else {
        throw QueryError(
          .badParameter, "'\(name)' is no aggregate", parameter: "agg", position: position, length: max(1, length),
          hint: "use count, errors, rate, count(F), sum(F), avg(F), min(F), max(F), distinct(F) or p95(F)")
      }
      add(name, output, aggregate)
      position += length + 1
    }
    if columns.count > 32 {
      throw QueryError(.badParameter, "more than 32 aggregates", parameter: "agg", position: 0, length: text.utf8.count)
    }
  }

  private mutating func add(_ name: String, _ output: Output, _ aggregate: Aggregate) {
    let state: Int
    if let known = aggregates.firstIndex(of: aggregate) {
      state = known
    } else {
      state = aggregates.count
      aggregates.append(aggregate)
    }
    columns.append(Column(name: name, state: state, output: output))
  }

  /// Rows of the signal that count as errors.
  package static func errors(of signal: Signal) -> Predicate {
    signal == .logs
      ? .compare(Field.severity, .greaterOrEqual, .int(Int64(SeverityRange.error.rawValue)))
      : .equals(Field.status, .int(StatusCode.error.rawValue))
  }

  private static func parse(_ text: String, signal: Signal) -> (Output, Aggregate)? {
    switch text {
    case "count": return (.count, Aggregate(.count))
    case "rate": return (.rate, Aggregate(.count))
    case "errors": return signal == .metrics ? nil : (.count, Aggregate(.count, where: errors(of: signal)))
    default: break
    }
    guard text.last == ")", let open = text.firstIndex(of: "(") else { return nil }
    let key = text[text.index(after: open)...].dropLast().trimmingSpaces
    guard !key.isEmpty else { return nil }
    let field = FieldReference(text: key)
    switch String(text[..<open]) {
    case "count": return (.count, Aggregate(.count, of: field))
    case "sum": return (.sum, Aggregate(.sum, of: field))
    case "avg": return (.average, Aggregate(.sum, of: field))
    case "min": return (.minimum, Aggregate(.minimum, of: field))
    case "max": return (.maximum, Aggregate(.maximum, of: field))
    case "distinct": return (.distinct, Aggregate(.distinct, of: field))
    case let name: return quantile(name).map { (.quantile($0), Aggregate(.histogram, of: field)) }
    }
  }

  /// `p99.9` → 0.999; nil when `text` is no percentile.
  package static func quantile(_ text: some StringProtocol) -> Double? {
    guard text.hasPrefix("p"), text.utf8.count > 1, text.dropFirst().first?.isNumber == true,
      let percent = Double(String(text.dropFirst())), percent >= 0, percent <= 100
    else { return nil }
    return percent / 100
  }

  /// The number of a column; nil when there is none (no row had the field).
  ///
  /// - Parameter seconds: length of the bucket, for `rate`.
  package static func value(_ output: Output, _ state: PartialState?, seconds: Double) -> AttributeValue? {
    switch (output, state) {
    case (.count, .count(let count)): .int(Int64(clamping: count))
    case (.count, _): .int(0)
    case (.rate, .count(let count)): .double(seconds > 0 ? Double(count) / seconds : 0)
    case (.rate, _): .double(0)
    case (.sum, .sum(let total, let count)): count > 0 ? .double(total) : nil
    case (.average, .sum(let total, let count)): count > 0 ? .double(total / Double(count)) : nil
    case (.minimum, .minimum(let value)): value
    case (.maximum, .maximum(let value)): value
    case (.distinct, .distinct(let state)): .int(Int64(clamping: state.estimate))
    case (.distinct, _): .int(0)
    case (.quantile(let quantile), .histogram(let histogram)): histogram.quantile(quantile).map { .double($0) }
    default: nil
    }
  }
}

extension StringProtocol {
  /// Without spaces at either end.
  package var trimmingSpaces: String {
    var rest = self[...]
    while rest.first == " " { rest = rest.dropFirst() }
    while rest.last == " " { rest = rest.dropLast() }
    return String(rest)
  }
}

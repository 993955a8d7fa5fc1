package import TelemetryModel
package import TelemetryStore

/// The fields that a question groups by, and how their values are shown.
package struct GroupBy: Sendable, Hashable {
  /// As written, for the answer's `by`.
  package let names: [String]
  /// What the store groups by.
  package let fields: [FieldReference]

  /// More fields than the store groups by.
  package static let fieldLimit = 16

  /// Parses comma-separated fields; `severity_range` groups severities under their six words and `unset`.
  ///
  /// - Throws: `.badParameter` for parameter `by`.
  package init(_ text: String?) throws(QueryError) {
    names = (text ?? "").split(separator: ",").map(\.trimmingSpaces).filter { !$0.isEmpty }
    fields = names.map { $0 == "severity_range" ? Field.severity : FieldReference(text: $0) }
    if names.count > GroupBy.fieldLimit {
      throw QueryError(
        .badParameter, "more than \(GroupBy.fieldLimit) fields to group by", parameter: "by", position: 0,
        length: text?.utf8.count)
    }
  }

  /// What to ask the store for when the largest `limit` groups are shown by the plan's first column; nil when every group
  /// is needed, because the column is no count or because several values are shown as one.
  package func leadingGroups(_ plan: AggregatePlan, limit: Int) -> LeadingGroups? {
    guard let first = plan.columns.first, first.state == 0, first.output == .count || first.output == .rate else {
      return nil
    }
    let isOneToOne = zip(names, fields).allSatisfy { name, field in
      name != "severity_range" && FieldMeaning(field) != .status && FieldMeaning(field) != .kind
    }
    return isOneToOne ? LeadingGroups(count: limit) : nil
  }

  /// A key as it is shown: words for enumerations, hex for ids.
  package func shown(_ values: [AttributeValue?]) -> [AttributeValue?] {
    zip(names, zip(fields, values)).map { name, pair in
      if name == "severity_range" { return .string(GroupBy.severityRange(pair.1)) }
      switch FieldMeaning(pair.0) {
      case .status, .kind: return FieldMeaning(pair.0).word(pair.1)
      case .traceID, .spanID: return pair.1.map(GroupBy.hex)
      default: return pair.1
      }
    }
  }

  private static func severityRange(_ value: AttributeValue?) -> String {
    if case .int(let number)? = value, let range = SeverityRange(number: number) { return range.name }
    return "unset"
  }

  private static func hex(_ value: AttributeValue) -> AttributeValue {
    guard case .bytes(let bytes) = value else { return value }
    return .string(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
  }
}

package import TelemetryModel
package import TelemetryStore

/// Reads fields of one row and evaluates predicates on it, as the store's documentation says and as slowly as it likes.
package struct RowReader {
  let batch: RecordBatch
  let row: Int

  package init(_ batch: RecordBatch, _ row: Int) {
    self.batch = batch
    self.row = row
  }

  /// The value of a field; ids as bytes.
  package func value(_ field: FieldReference) -> AttributeValue? {
    if batch.signal == .metrics, row < batch.seriesCodes.count {
      let series = batch.series[Int(batch.seriesCodes[row])]
      switch field {
      case Field.metricName: return .string(series.name)
      case Field.unit: return .string(series.unit)
      default: break
      }
      if field.scope == .record || field.scope == .any, let value = series.attributes[field.key] { return value }
    }
    switch field.scope {
    case .intrinsic:
      if field == Field.scopeName { return batch.scope(ofRow: row).map { .string($0.name) } }
      return stored(.intrinsic, field.key)
    case .resource: return batch.resource(ofRow: row)?.attributes[field.key]
    case .scope: return batch.scope(ofRow: row)?.attributes[field.key]
    case .record: return stored(.record, field.key)
    case .any:
      return stored(.record, field.key) ?? batch.resource(ofRow: row)?.attributes[field.key]
        ?? batch.scope(ofRow: row)?.attributes[field.key]
    case .event, .link: return nil
    }
  }

  private func stored(_ scope: FieldScope, _ name: String) -> AttributeValue? {
    batch.columns(scope: scope, name: name).lazy.compactMap { $0.value(atRow: row) }.first
  }

  package func matches(_ predicate: Predicate) -> Bool {
    switch predicate {
    case .all: true
    case .nothing: false
    case .and(let parts): parts.allSatisfy(matches)
    case .or(let parts): parts.contains(where: matches)
    case .not(let part): !matches(part)
    case .exists(let field): value(field) != nil
    case .hasType(let field, let type): value(field)?.type == type
    case .compare(let field, let comparison, let literal):
      value(field).map { compare($0, comparison, literal) } ?? false
    case .memberOf(let field, let literals):
      value(field).map { value in literals.contains { compare(value, .equal, $0) } } ?? false
    case .text(let field, let match): value(field).map { matches($0, match) } ?? false
    case .anyText(let match):
      ([stored(.intrinsic, "body"), stored(.intrinsic, "name")].compactMap { $0 }
        + batch.columns.filter { $0.key.scope == .record && $0.key.type == .string }.compactMap { $0.value(atRow: row) })
        .contains { matches($0, match) }
    case .traceIDs(let ids):
      ids.contains {
        stored(.intrinsic, "trace_id")
          == Column(ColumnKey(Field.traceID, .traceID), values: .traceIDs([$0])).value(at: 0)
      }
    }
  }

  private func compare(_ value: AttributeValue, _ comparison: Comparison, _ literal: AttributeValue) -> Bool {
    let order: Int
    switch (value, literal) {
    case (.int(let left), .int(let right)): order = left < right ? -1 : left > right ? 1 : 0
    case (.int(let left), .double(let right)): order = Double(left) < right ? -1 : Double(left) > right ? 1 : 0
    case (.double(let left), .int(let right)): order = left < Double(right) ? -1 : left > Double(right) ? 1 : 0
    case (.double(let left), .double(let right)): order = left < right ? -1 : left > right ? 1 : 0
    case (.bytes(let left), .string(let right)):
      let hex = left.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      order = hex < right ? -1 : hex > right ? 1 : 0
    case (.string(let left), .string(let right)):
      order = left == right ? 0 : left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    case (.bool(let left), .bool(let right)): order = left == right ? 0 : left ? 1 : -1
    default: return false
    }
    switch comparison {
    case .equal: return order == 0
    case .less: return order < 0
    case .lessOrEqual: return order <= 0
    case .greater: return order > 0
    case .greaterOrEqual: return order >= 0
    }
  }

  private func matches(_ value: AttributeValue, _ match: TextMatch) -> Bool {
    let original: String
    switch value {
    case .string(let text): original = text
    case .int(let number): original = String(number)
    case .double(let number): original = number.description
    case .bool(let flag): original = flag ? "true" : "false"
    default: return false
    }
    func fold(_ text: String) -> String { match.isCaseFolded ? text.lowercased() : text }
    let text = fold(original)
    switch match.form {
    case .equals(let other): return text == fold(other)
    case .prefix(let other): return text.hasPrefix(fold(other))
    case .contains(let other): return text.contains(fold(other))
    case .phrase(let other, let lastIsPrefix):
      let (tokens, wanted) = (RowReader.tokens(text), RowReader.tokens(fold(other)))
      guard !wanted.isEmpty, tokens.count >= wanted.count else { return false }
      return (0...(tokens.count - wanted.count)).contains { start in
        zip(tokens[start...], wanted).enumerated().allSatisfy { index, pair in
          lastIsPrefix && index == wanted.count - 1 ? pair.0.hasPrefix(pair.1) : pair.0 == pair.1
        }
      }
    case .regularExpression(let pattern, let anchored):
      guard let expression = try? Regex(anchored ? "^(?:\(pattern))$" : pattern) else { return false }
      return original.firstMatch(of: expression.ignoresCase(match.isCaseFolded)) != nil
    }
  }

  private static func tokens(_ text: String) -> [String] {
    text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
  }
}

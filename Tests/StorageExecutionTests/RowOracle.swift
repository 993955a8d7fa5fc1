import TelemetryModel
import TelemetryStore

@testable import TelemetryStorage

/// The slow, obviously correct evaluator: one row at a time over `AttributeValue`s.
struct RowOracle {
  let batch: RecordBatch

  /// The values of a field of a row: none, one, or with children several.
  func values(_ field: FieldReference, _ row: Int) -> [AttributeValue] {
    switch field.scope {
    case .resource: return [batch.resource(ofRow: row)?.attributes[field.key]].compactMap { $0 }
    case .scope: return [batch.scope(ofRow: row)?.attributes[field.key]].compactMap { $0 }
    case .record:
      if batch.signal == .metrics { return [series(row)?.attributes[field.key]].compactMap { $0 } }
      return columns(batch.columns, .record, field.key, row)
    case .any:
      for scope in [FieldScope.record, .resource, .scope] {
        let found = values(FieldReference(scope, field.key), row)
        if !found.isEmpty { return found }
      }
      return []
    case .event, .link:
      guard let table = batch.child(field.scope == .event ? .event : .link) else { return [] }
      return table.children(ofRow: row).flatMap { child in
        columns(table.columns, field.scope, field.key, child) + columns(table.columns, .intrinsic, field.key, child)
      }
    case .intrinsic:
      var computed: String?
      switch field {
      case Field.scopeName: computed = batch.scope(ofRow: row)?.name ?? ""
      case Field.scopeVersion: computed = batch.scope(ofRow: row)?.version ?? ""
      case Field.metricName where batch.signal == .metrics: computed = series(row)?.name ?? ""
      case Field.unit where batch.signal == .metrics: computed = series(row)?.unit ?? ""
      default: break
      }
      if let computed { return computed.isEmpty ? [] : [.string(computed)] }
      return columns(batch.columns, .intrinsic, field.key, row)
    }
  }

  private func series(_ row: Int) -> Series? { batch.series[Int(batch.seriesCodes[row])] }

  private func columns(_ columns: [Column], _ scope: FieldScope, _ name: String, _ row: Int) -> [AttributeValue] {
    columns.filter { $0.key.scope == scope && $0.key.name == name }.compactMap { $0.value(atRow: row) }
  }

  func matches(_ predicate: Predicate, _ row: Int) -> Bool {
    switch predicate {
    case .all: return true
    case .nothing: return false
    case .and(let parts): return parts.allSatisfy { matches($0, row) }
    case .or(let parts): return parts.contains { matches($0, row) }
    case .not(let part): return !matches(part, row)
    case .exists(let field): return !values(field, row).isEmpty
    case .hasType(let field, let type): return values(field, row).contains { $0.type == type }
    case .compare(let field, let comparison, let literal):
      return values(field, row).contains { RowOracle.compares($0, comparison, adapted(literal, field)) }
    case .memberOf(let field, let literals):
      return values(field, row).contains { value in
        literals.contains { RowOracle.compares(value, .equal, adapted($0, field)) }
      }
    case .text(let field, let match): return values(field, row).contains { RowOracle.matches($0.textForm, match) }
    case .anyText(let match):
      var texts = (values(Field.body, row) + values(Field.name, row)).map(\.textForm)
      if batch.signal == .metrics {
        texts = [series(row)?.name ?? ""]
        for attribute in series(row)?.attributes.attributes ?? [] {
          if case .string(let text) = attribute.value { texts.append(text) }
        }
      }
      for column in batch.columns where column.key.scope == .record && column.key.type == .string {
        if case .string(let text)? = column.value(atRow: row) { texts.append(text) }
      }
      return texts.contains { RowOracle.matches($0, match) }
    case .traceIDs(let ids):
      return values(Field.traceID, row).contains { value in ids.contains { value.textForm == $0.description } }
    }
  }

  /// A hex text compares with ids as the id's bytes.
  private func adapted(_ literal: AttributeValue, _ field: FieldReference) -> AttributeValue {
    guard case .string(let text) = literal, field == Field.traceID || field == Field.spanID else { return literal }
    let width = field == Field.traceID ? 32 : 16
    let digits = Array(text.utf8)
    guard (1...width).contains(digits.count), text.allSatisfy(\.isHexDigit), text.allSatisfy(\.isASCII) else {
      return literal
    }
    let padded = Array(String(repeating: "0", count: width - digits.count) + text)
    return .bytes(stride(from: 0, to: width, by: 2).map { UInt8(String(padded[$0..<$0 + 2]), radix: 16) ?? 0 })
  }

  private static func compares(_ value: AttributeValue, _ comparison: Comparison, _ literal: AttributeValue) -> Bool {
    let isLess: Bool
    let isEqual: Bool
    switch (value, literal) {
    case (.int, .int), (.int, .double), (.double, .int), (.double, .double):
      let (left, right) = (number(value) ?? 0, number(literal) ?? 0)
      (isLess, isEqual) = (left < right, left == right)
      if right.isNaN { return false }
    case (.string(let left), .string(let right)):
      isLess = Array(left.utf8).lexicographicallyPrecedes(Array(right.utf8))
      isEqual = Array(left.utf8) == Array(right.utf8)
    case (.bool(let left), .bool(let right)): (isLess, isEqual) = (!left && right, left == right)
    case (.bytes(let left), .bytes(let right)):
      (isLess, isEqual) = (left.lexicographicallyPrecedes(right), left == right)
    case (.array, .array), (.map, .map), (.empty, .empty):
      if comparison == .less || comparison == .greater { return false }
      return ValueEncoding.encode(value) == ValueEncoding.encode(literal)
    default: return false
    }
    switch comparison {
    case .equal: return isEqual
    case .less: return isLess
    case .lessOrEqual: return isLess || isEqual
    case .greater: return !isLess && !isEqual
    case .greaterOrEqual: return !isLess
    }
  }

  static func number(_ value: AttributeValue) -> Double? {
    switch value {
    case .int(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }

  private static func matches(_ text: String, _ match: TextMatch) -> Bool {
    func folded(_ text: String) -> [UInt8] {
      text.utf8.map { match.isCaseFolded && (65...90).contains($0) ? $0 + 32 : $0 }
    }
    let own = folded(text)
    switch match.form {
    case .equals(let needle): return own == folded(needle)
    case .prefix(let needle): return own.starts(with: folded(needle))
    case .contains(let needle):
      let needle = folded(needle)
      if needle.isEmpty { return true }
      return own.indices.contains { own[$0...].starts(with: needle) }
    case .phrase(let phrase, let lastIsPrefix):
      let wanted = tokens(folded(phrase))
      let found = tokens(own)
      if wanted.isEmpty { return true }
      let goesOn = lastIsPrefix && folded(phrase).last.map(isToken) == true
      return found.indices.contains { start in
        guard found.count - start >= wanted.count else { return false }
        return wanted.indices.allSatisfy { offset in
          let token = found[start + offset]
          return token == wanted[offset] || (goesOn && offset == wanted.count - 1 && token.starts(with: wanted[offset]))
        }
      }
    case .regularExpression(let pattern, let anchored):
      guard var expression = try? Regex(pattern) else { return false }
      if match.isCaseFolded { expression = expression.ignoresCase() }
      return anchored ? text.wholeMatch(of: expression) != nil : text.firstMatch(of: expression) != nil
    }
  }

  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, 95, 128...: true
    default: false
    }
  }

  private static func tokens(_ bytes: [UInt8]) -> [[UInt8]] { bytes.split { !isToken($0) }.map(Array.init) }
}

import Foundation
import QueryTestSupport
import TelemetryModel
import TelemetryText
import TraceQL

/// TraceQL evaluated span by span, as slowly and plainly as its documentation says it: the oracle of these tests.
struct NaiveEvaluator {
  /// The spans of each trace by start.
  let traces: [TraceID: [FixtureRow]]

  init(_ rows: [FixtureRow]) {
    var traces: [TraceID: [FixtureRow]] = [:]
    for row in rows { traces[row.traceID ?? .zero, default: []].append(row) }
    self.traces = traces.mapValues { $0.sorted { $0.start < $1.start } }
  }

  struct Spanset: Equatable {
    var spans: [SpanID]
    var attributes: [String: String] = [:]
  }

  // MARK: Pipelines

  func spansets(_ pipeline: Pipeline, _ trace: TraceID) -> [Spanset] {
    spansets(pipeline, [Spanset(spans: (traces[trace] ?? []).map(\.id))], trace)
  }

  private func spansets(_ pipeline: Pipeline, _ input: [Spanset], _ trace: TraceID) -> [Spanset] {
    pipeline.stages.reduce(input) { sets, stage in
      switch stage {
      case .spansets(let expression): return sets.flatMap { spansets(expression, $0, trace) }
      case .select: return sets
      case .coalesce:
        let spans = Set(sets.flatMap(\.spans))
        return spans.isEmpty ? [] : [Spanset(spans: ordered(spans, trace))]
      case .group(let expression):
        return sets.flatMap { set -> [Spanset] in
          var keys: [Static] = []
          for span in set.spans where !keys.contains(value(expression, span, trace)) {
            keys.append(value(expression, span, trace))
          }
          return keys.map { key in
            var group = Spanset(spans: set.spans.filter { value(expression, $0, trace) == key })
            group.attributes = set.attributes
            group.attributes["by(\(TraceQLPrinter.text(expression)))"] = TraceQLPrinter.text(key)
            return group
          }
        }
      case .scalarFilter(let filter):
        guard case .aggregate(let aggregation, _) = filter.left else { return [] }
        return sets.compactMap { set in
          guard let number = aggregate(aggregation, set, trace), let limit = constant(filter.right),
            compare(filter.comparison, number, limit)
          else {
            return nil
          }
          var kept = set
          kept.attributes[TraceQLPrinter.text(aggregation)] = TraceQLPrinter.text(number)
          return kept
        }
      }
    }
  }

  private func spansets(_ expression: SpansetExpression, _ input: Spanset, _ trace: TraceID) -> [Spanset] {
    var output = input
    switch expression {
    case .filter(let condition):
      output.spans = input.spans.filter { span in condition.map { value($0, span, trace) == .bool(true) } ?? true }
    case .pipeline(let pipeline): return spansets(pipeline, [input], trace)
    case .operation(let binary, let left, let right, _):
      let leftSpans = spansets(left, input, trace).flatMap(\.spans)
      let rightSpans = spansets(right, input, trace).flatMap(\.spans)
      output.spans = ordered(Set(joined(binary, leftSpans, rightSpans, trace)), trace)
    }
    return output.spans.isEmpty ? [] : [output]
  }

  private func ordered(_ spans: Set<SpanID>, _ trace: TraceID) -> [SpanID] {
    (traces[trace] ?? []).map(\.id).filter(spans.contains)
  }

  private func joined(_ binary: SpansetOperator, _ left: [SpanID], _ right: [SpanID], _ trace: TraceID) -> [SpanID] {
    guard let relation = binary.relation else {
      if binary == .and, left.isEmpty || right.isEmpty { return [] }
      return left + right
    }
    func related(_ one: SpanID, _ other: SpanID) -> Bool { isRelated(relation, left: one, right: other, trace) }
    switch binary.form {
    case .plain: return right.filter { span in left.contains { related($0, span) } }
    case .negated: return right.filter { span in !left.contains { related($0, span) } }
    case .union:
      return right.filter { span in left.contains { related($0, span) } }
        + left.filter { span in right.contains { related(span, $0) } }
    }
  }

  private func span(_ id: SpanID?, _ trace: TraceID) -> FixtureRow? { traces[trace]?.first { $0.id == id } }

  private func isRelated(_ relation: SpansetOperator.Relation, left: SpanID, right: SpanID, _ trace: TraceID) -> Bool {
    switch relation {
    case .child: return span(right, trace)?.parent == left
    case .parent: return span(left, trace)?.parent == right
    case .descendant: return ancestors(right, trace).contains(left)
    case .ancestor: return ancestors(left, trace).contains(right)
    case .sibling:
      guard let parent = span(left, trace)?.parent else { return false }
      return left != right && span(right, trace)?.parent == parent
    }
  }

  private func ancestors(_ id: SpanID, _ trace: TraceID) -> [SpanID] {
    var found: [SpanID] = []
    var current = span(id, trace)
    while let parent = current?.parent, let next = span(parent, trace) {
      found.append(parent)
      current = next
    }
    return found
  }

  private func aggregate(_ aggregation: Aggregation, _ set: Spanset, _ trace: TraceID) -> Static? {
    guard let argument = aggregation.argument else { return .int(Int64(set.spans.count)) }
    let values = set.spans.flatMap { span -> [Static] in
      let value = value(argument, span, trace)
      if case .array(let elements) = value { return elements.filter { $0.number != nil } }
      return value.number == nil ? [] : [value]
    }
    guard let first = values.first else { return nil }
    let numbers = values.compactMap(\.number)
    let sum = numbers.reduce(0, +)
    let isDuration = values.allSatisfy { if case .duration = $0 { true } else { false } }
    let isWhole = values.allSatisfy { if case .int = $0 { true } else { false } }
    switch aggregation.function {
    case .count: return nil
    case .minimum: return values.first { $0.number == numbers.min() } ?? first
    case .maximum: return values.first { $0.number == numbers.max() } ?? first
    case .sum: return isDuration ? .duration(Int64(sum)) : isWhole ? .int(Int64(sum)) : .double(sum)
    case .average:
      let mean = sum / Double(numbers.count)
      return isDuration ? .duration(Int64(mean.rounded())) : .double(mean)
    }
  }

  private func constant(_ scalar: ScalarExpression) -> Static? {
    switch scalar {
    case .constant(let value, _): return value
    case .operation(let binary, let left, let right, _):
      guard let left = constant(left), let right = constant(right) else { return nil }
      return arithmetic(binary, left, right)
    default: return nil
    }
  }

  // MARK: Fields

  func value(_ expression: FieldExpression, _ span: SpanID, _ trace: TraceID) -> Static {
    switch expression.form {
    case .constant(let value): return value
    case .attribute(let attribute): return value(attribute, span, trace)
    case .unary(.not, let operand):
      if case .bool(let flag) = value(operand, span, trace) { return .bool(!flag) }
      return .nothing
    case .unary(.minus, let operand):
      switch value(operand, span, trace) {
      case .int(let number): return .int(-number)
      case .double(let number): return .double(-number)
      case .duration(let number): return .duration(-number)
      default: return .nothing
      }
    case .binary(let binary, let left, let right):
      let (leftValue, rightValue) = (value(left, span, trace), value(right, span, trace))
      for (side, other) in [(left, rightValue), (right, leftValue)] {
        guard case .constant(.nothing) = side.form else { continue }
        return .bool((other == .nothing) == (binary == .equal))
      }
      switch binary {
      case .and: return .bool(leftValue == .bool(true) && rightValue == .bool(true))
      case .or: return .bool(leftValue == .bool(true) || rightValue == .bool(true))
      case .add, .subtract, .multiply, .divide, .modulo, .power:
        return arithmetic(binary, leftValue, rightValue) ?? .nothing
      default: return .bool(compare(binary, leftValue, rightValue))
      }
    }
  }

  private func arithmetic(_ binary: FieldOperator, _ left: Static, _ right: Static) -> Static? {
    guard let x = left.number, let y = right.number else { return nil }
    func isWhole(_ value: Static) -> Bool { if case .double = value { false } else { true } }
    func isDuration(_ value: Static) -> Bool { if case .duration = value { true } else { false } }
    let result: Double
    switch binary {
    case .add: result = x + y
    case .subtract: result = x - y
    case .multiply: result = x * y
    case .divide: return .double(x / y)
    case .modulo: result = x.truncatingRemainder(dividingBy: y)
    default: return .double(pow(x, y))
    }
    guard isWhole(left), isWhole(right), let whole = Int64(exactly: result) else { return .double(result) }
    return isDuration(left) || isDuration(right) ? .duration(whole) : .int(whole)
  }

  private func compare(_ binary: FieldOperator, _ left: Static, _ right: Static) -> Bool {
    if case .array(let elements) = left {
      if case .array(let others) = right {
        return binary == .equal ? elements == others : binary == .notEqual ? elements != others : false
      }
      return any(binary, elements) { comparesAlone(binary, $0, right) }
    }
    if case .array(let elements) = right { return any(binary, elements) { comparesAlone(binary, left, $0) } }
    return comparesAlone(binary, left, right) ?? false
  }

  private func any(_ binary: FieldOperator, _ elements: [Static], _ compares: (Static) -> Bool?) -> Bool {
    let answers = elements.compactMap(compares)
    if binary == .notEqual || binary == .notMatches { return !answers.isEmpty && answers.allSatisfy { $0 } }
    return answers.contains(true)
  }

  private func comparesAlone(_ binary: FieldOperator, _ left: Static, _ right: Static) -> Bool? {
    switch (left, right) {
    case (.string(let x), .string(let y)):
      if binary == .matches || binary == .notMatches {
        guard let pattern = try? RegularExpression(y, isAnchored: true) else { return nil }
        return pattern.matches(x) == (binary == .matches)
      }
      return ordered(binary, x, y)
    case (.bool(let x), .bool(let y)): return binary == .equal ? x == y : binary == .notEqual ? x != y : nil
    case (.status, .status), (.kind, .kind):
      return binary == .equal ? left == right : binary == .notEqual ? left != right : nil
    default:
      guard let x = left.number, let y = right.number else { return nil }
      return ordered(binary, x, y)
    }
  }

  private func ordered<T: Comparable>(_ binary: FieldOperator, _ x: T, _ y: T) -> Bool? {
    switch binary {
    case .equal: x == y
    case .notEqual: x != y
    case .less: x < y
    case .lessOrEqual: x <= y
    case .greater: x > y
    case .greaterOrEqual: x >= y
    default: nil
    }
  }

  // MARK: Attributes

  func value(_ attribute: TraceQL.Attribute, _ id: SpanID, _ trace: TraceID) -> Static {
    guard let row = span(id, trace) else { return .nothing }
    switch attribute {
    case .ofParent: return .nothing
    case .named(.span, let name): return row.attribute(name) ?? .nothing
    case .named(.resource, let name): return row.resource.attributes[name].map(Static.init) ?? .nothing
    case .named(.any, let name):
      return row.attribute(name) ?? row.resource.attributes[name].map(Static.init) ?? .nothing
    case .named: return .nothing
    case .intrinsic(let intrinsic): return value(intrinsic, row, trace)
    }
  }

  private func value(_ intrinsic: Intrinsic, _ row: FixtureRow, _ trace: TraceID) -> Static {
    let spans = traces[trace] ?? []
    let root = spans.first { $0.parent == nil }
    func isRooted(_ row: FixtureRow) -> Bool {
      let top = ancestors(row.id, trace).last ?? row.id
      return span(top, trace)?.parent == nil
    }
    switch intrinsic {
    case .duration: return .duration(row.duration)
    case .name: return .string(row.text(Field.name))
    case .statusMessage: return .string(row.text(Field.statusMessage))
    case .kind: return .kind(SpanKind(rawValue: row.integer(Field.kind)) ?? .unspecified)
    case .status: return .status(StatusCode(rawValue: row.integer(Field.status)) ?? .unset)
    case .childCount: return .int(Int64(spans.filter { $0.parent == row.id }.count))
    case .rootName: return root.map { .string($0.text(Field.name)) } ?? .nothing
    case .rootServiceName: return root.map { .string($0.resource.serviceName) } ?? .nothing
    case .traceDuration:
      let end = spans.map { $0.start + $0.duration }.max() ?? 0
      return .duration(end - (spans.first?.start ?? 0))
    case .nestedSetParent: return .int(row.parent == nil ? -1 : isRooted(row) ? 1 : 0)
    case .nestedSetLeft: return .int(isRooted(row) ? 1 : 0)
    case .parentSpanID: return .string(row.parent?.description ?? "")
    case .spanID: return .string(row.id.description)
    case .eventName: return row.events.isEmpty ? .nothing : .array(row.events.map { .string($0) })
    default: return .nothing
    }
  }
}

extension FixtureRow {
  var id: SpanID { spanID ?? .zero }
  var start: Int64 { integer(Field.time) }
  var duration: Int64 { integer(Field.duration) }

  func integer(_ field: FieldReference) -> Int64 { if case .int(let number)? = intrinsics[field] { number } else { 0 } }
  func text(_ field: FieldReference) -> String { if case .string(let text)? = intrinsics[field] { text } else { "" } }
  func attribute(_ name: String) -> Static? { attributes.first { $0.key == name }.map { Static($0.value) } }
}

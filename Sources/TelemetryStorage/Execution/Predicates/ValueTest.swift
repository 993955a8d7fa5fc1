import TelemetryModel
import TelemetryStore

/// What one predicate leaf asks of a value, prepared for each type of column.
///
/// A part that is nil cannot match any value of that type.
struct ValueTest: Sendable {
  /// A test on int columns (and on 0 and 1 of bool columns).
  enum IntegerTest: Sendable {
    case range(ClosedRange<Int64>)
    case set(Set<Int64>)
    case text(TextMatcher)
  }

  enum DoubleTest: Sendable {
    case any
    case compare(Comparison, Double)
    case set(Set<Double>)
    case text(TextMatcher)
  }

  /// A test on the bytes of strings, bytes, arrays, maps and empty values.
  enum BytesTest: Sendable {
    case any
    case compare(Comparison, [UInt8])
    case set(Set<[UInt8]>)
    case text(TextMatcher)
  }

  enum IDTest<ID: Hashable & Comparable & Sendable>: Sendable {
    case any
    case compare(Comparison, ID)
    case set(Set<ID>)
    case text(TextMatcher)
  }

  private(set) var integers: IntegerTest?
  private(set) var booleans: IntegerTest?
  private(set) var doubles: DoubleTest?
  /// Per type that is stored as bytes.
  private(set) var bytes: [ValueType: BytesTest] = [:]
  private(set) var traceIDs: IDTest<TraceID>?
  private(set) var spanIDs: IDTest<SpanID>?

  private static let bytesTypes: [ValueType] = [.string, .bytes, .array, .map, .empty]

  private init() {}

  /// The field exists, with any type.
  static let exists: ValueTest = {
    var test = ValueTest()
    test.integers = .range(.min ... .max)
    test.booleans = .range(.min ... .max)
    test.doubles = .any
    for type in bytesTypes { test.bytes[type] = .any }
    test.traceIDs = .any
    test.spanIDs = .any
    return test
  }()

  /// The field has this type, whatever its value.
  init(type: ValueType) {
    switch type {
    case .int: integers = .range(.min ... .max)
    case .bool: booleans = .range(.min ... .max)
    case .double: doubles = .any
    case .traceID: traceIDs = .any
    case .spanID: spanIDs = .any
    case .string, .bytes, .array, .map, .empty: bytes[type] = .any
    }
  }

  /// An int column inside a range.
  init(integers range: ClosedRange<Int64>) { integers = .range(range) }

  init(traceIDs ids: Set<TraceID>) { traceIDs = .set(ids) }

  init(text matcher: TextMatcher) {
    integers = .text(matcher)
    booleans = .text(matcher)
    doubles = .text(matcher)
    for type in ValueTest.bytesTypes { bytes[type] = .text(matcher) }
    traceIDs = .text(matcher)
    spanIDs = .text(matcher)
  }

  init(_ comparison: Comparison, _ literal: AttributeValue) {
    switch literal {
    case .int(let number):
      integers = integerRange(comparison, number).map { .range($0) }
      doubles = .compare(comparison, Double(number))
    case .double(let number):
      integers = wholeRange(comparison, number).map { .range($0) }
      doubles = .compare(comparison, number)
    case .bool(let flag): booleans = integerRange(comparison, flag ? 1 : 0).map { .range($0) }
    case .string(let text):
      bytes[.string] = .compare(comparison, Array(text.utf8))
      traceIDs = TraceID(hex: text).map { .compare(comparison, $0) }
      spanIDs = SpanID(hex: text).map { .compare(comparison, $0) }
    case .bytes(let content):
      bytes[.bytes] = .compare(comparison, content)
      if content.count == 16 { traceIDs = TraceID(hex: hexText(content)).map { .compare(comparison, $0) } }
      if content.count == 8 { spanIDs = SpanID(hex: hexText(content)).map { .compare(comparison, $0) } }
    case .array, .map:
      // Structured values have no order: only equality can hold.
      if comparison == .equal || comparison == .lessOrEqual || comparison == .greaterOrEqual {
        bytes[literal.type] = .compare(.equal, ValueEncoding.encode(literal))
      }
    case .empty:
      if comparison == .equal || comparison == .lessOrEqual || comparison == .greaterOrEqual { bytes[.empty] = .any }
    }
  }

  init(memberOf literals: [AttributeValue]) {
    var integerSet: Set<Int64> = []
    var booleanSet: Set<Int64> = []
    var doubleSet: Set<Double> = []
    var bytesSets: [ValueType: Set<[UInt8]>] = [:]
    var traceSet: Set<TraceID> = []
    var spanSet: Set<SpanID> = []
    for literal in literals {
      switch literal {
      case .int(let number):
        integerSet.insert(number)
        doubleSet.insert(Double(number))
      case .double(let number):
        if let whole = Int64(exactly: number) { integerSet.insert(whole) }
        doubleSet.insert(number)
      case .bool(let flag): booleanSet.insert(flag ? 1 : 0)
      case .string(let text):
        bytesSets[.string, default: []].insert(Array(text.utf8))
        if let id = TraceID(hex: text) { traceSet.insert(id) }
        if let id = SpanID(hex: text) { spanSet.insert(id) }
      case .bytes(let content):
        bytesSets[.bytes, default: []].insert(content)
        if content.count == 16, let id = TraceID(hex: hexText(content)) { traceSet.insert(id) }
        if content.count == 8, let id = SpanID(hex: hexText(content)) { spanSet.insert(id) }
      case .array, .map: bytesSets[literal.type, default: []].insert(ValueEncoding.encode(literal))
      case .empty: bytes[.empty] = .any
      }
    }
    if !integerSet.isEmpty { integers = .set(integerSet) }
    if !booleanSet.isEmpty { booleans = .set(booleanSet) }
    if !doubleSet.isEmpty { doubles = .set(doubleSet) }
    for (type, set) in bytesSets { bytes[type] = .set(set) }
    if !traceSet.isEmpty { traceIDs = .set(traceSet) }
    if !spanSet.isEmpty { spanIDs = .set(spanSet) }
  }

  /// Whether any value of a column of this type can match.
  func canMatch(_ type: ValueType) -> Bool {
    switch type {
    case .int: integers != nil
    case .bool: booleans != nil
    case .double: doubles != nil
    case .traceID: traceIDs != nil
    case .spanID: spanIDs != nil
    case .string, .bytes, .array, .map, .empty: bytes[type] != nil
    }
  }

  /// Rough cost of testing one value of the type, to order tests by.
  func cost(_ type: ValueType) -> Int {
    switch type {
    case .int, .bool: if case .text = integers { 60 } else { 2 }
    case .double: if case .text = doubles { 80 } else { 2 }
    case .traceID: if case .text = traceIDs { 80 } else { 4 }
    case .spanID: if case .text = spanIDs { 80 } else { 3 }
    case .string:
      if case .text(let matcher)? = bytes[type] {
        if case .regularExpression = matcher.form { 50 } else { 20 }
      } else {
        10
      }
    case .bytes, .empty: 10
    case .array, .map: 100
    }
  }
}

/// The integers that compare with `number` as asked; nil when none do.
private func integerRange(_ comparison: Comparison, _ number: Int64) -> ClosedRange<Int64>? {
  switch comparison {
  case .equal: number...number
  case .less: number == .min ? nil : .min...number - 1
  case .lessOrEqual: .min...number
  case .greater: number == .max ? nil : number + 1 ... .max
  case .greaterOrEqual: number ... .max
  }
}

/// The same for a number that need not be whole, without rounding.
private func wholeRange(_ comparison: Comparison, _ number: Double) -> ClosedRange<Int64>? {
  if number.isNaN { return nil }
  if let whole = Int64(exactly: number) { return integerRange(comparison, whole) }
  // Not whole, or beyond every integer.
  let limit = 0x1p63
  switch comparison {
  case .equal: return nil
  case .less, .lessOrEqual:
    if number < -limit { return nil }
    return number >= limit ? .min ... .max : .min...Int64(number.rounded(.down))
  case .greater, .greaterOrEqual:
    if number >= limit { return nil }
    return number < -limit ? .min ... .max : Int64(number.rounded(.up)) ... .max
  }
}

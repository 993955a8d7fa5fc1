import TelemetryModel
import TelemetryStore

/// Tests of single values: identity tables, and the bytes of one value.
extension ValueTest {
  /// Whether a value of an identity table matches.
  func matches(_ value: AttributeValue) -> Bool {
    switch value {
    case .int(let number): return integers.map { ValueTest.matches($0, number) } ?? false
    case .bool(let flag): return booleans.map { ValueTest.matches($0, boolean: flag) } ?? false
    case .double(let number): return doubles.map { ValueTest.matches($0, number) } ?? false
    case .string(let text):
      guard let test = bytes[.string] else { return false }
      return ValueTest.matches(test, text.utf8.span, type: .string)
    case .bytes(let content): return matches(content, type: .bytes)
    case .array, .map: return matches(ValueEncoding.encode(value), type: value.type)
    case .empty: return matches([], type: .empty)
    }
  }

  private func matches(_ content: [UInt8], type: ValueType) -> Bool {
    guard let test = bytes[type] else { return false }
    return ValueTest.matches(test, content.span, type: type)
  }

  static func matches(_ test: IntegerTest, _ number: Int64) -> Bool {
    switch test {
    case .range(let range): range.contains(number)
    case .set(let set): set.contains(number)
    case .text(let matcher): matcher.matches(number.description)
    }
  }

  static func matches(_ test: IntegerTest, boolean: Bool) -> Bool {
    if case .text(let matcher) = test { return matcher.matches(boolean ? "true" : "false") }
    return matches(test, boolean ? 1 : 0)
  }

  static func matches(_ test: DoubleTest, _ number: Double) -> Bool {
    switch test {
    case .any: true
    case .compare(let comparison, let literal): compares(number, comparison, literal)
    case .set(let set): set.contains(number)
    case .text(let matcher): matcher.matches(number.description)
    }
  }

  static func matches(_ test: BytesTest, _ content: Span<UInt8>, type: ValueType) -> Bool {
    switch test {
    case .any: return true
    case .compare(let comparison, let literal): return compares(content, comparison, literal)
    case .set(let set): return set.contains(copy(content))
    case .text(let matcher):
      switch type {
      case .string: return matcher.matches(content)
      case .array, .map: return matcher.matches((ValueEncoding.decode(copy(content)) ?? .bytes(copy(content))).textForm)
      case .empty: return matcher.matches("")
      default: return matcher.matches(hexText(copy(content)))
      }
    }
  }

  static func matches<ID>(_ test: IDTest<ID>, _ id: ID) -> Bool where ID: CustomStringConvertible {
    switch test {
    case .any: true
    case .compare(let comparison, let literal): compares(id, comparison, literal)
    case .set(let set): set.contains(id)
    case .text(let matcher): matcher.matches(id.description)
    }
  }

  @inline(__always)
  private static func compares<T: Comparable>(_ left: T, _ comparison: Comparison, _ right: T) -> Bool {
    switch comparison {
    case .equal: left == right
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    }
  }

  private static func compares(_ left: Span<UInt8>, _ comparison: Comparison, _ right: [UInt8]) -> Bool {
    if comparison == .equal, left.count != right.count { return false }
    let common = min(left.count, right.count)
    var position = 0
    while position < common, left[position] == right[position] { position &+= 1 }
    let order: Int =
      position < common ? (left[position] < right[position] ? -1 : 1) : (left.count - right.count).signum()
    switch comparison {
    case .equal: return order == 0
    case .less: return order < 0
    case .lessOrEqual: return order <= 0
    case .greater: return order > 0
    case .greaterOrEqual: return order >= 0
    }
  }

  private static func copy(_ content: Span<UInt8>) -> [UInt8] {
    unsafe content.withUnsafeBufferPointer { unsafe Array($0) }
  }
}

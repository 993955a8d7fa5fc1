/// A 16-byte W3C trace id. `high` holds bytes 0–7 and `low` bytes 8–15, both big-endian, so that
/// numeric order is the order of the hex text.
package struct TraceID: Sendable, Hashable, Comparable, BitwiseCopyable, CustomStringConvertible {
  package let high: UInt64
  package let low: UInt64

  @inlinable
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Parses 1–32 hex digits of either case; shorter ids are left-padded with zeros.
  package init?(hex: some StringProtocol) {
    let digits = Array(hex.utf8)
    guard (1...32).contains(digits.count) else { return nil }
    let split = max(0, digits.count - 16)
    guard let low = parseHex(digits[split...]), let high = split == 0 ? 0 : parseHex(digits[..<split]) else {
      return nil
    }
    self.init(high: high, low: low)
  }

  /// The id that means "no trace" in OTLP.
  package static let zero = TraceID(high: 0, low: 0)
  @inlinable package var isZero: Bool { high | low == 0 }

  /// 32 lower-case hex digits.
  package var description: String { hexDigits(high) + hexDigits(low) }

  @inlinable
  package static func < (left: TraceID, right: TraceID) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }
}

/// An 8-byte W3C span id, big-endian.
package struct SpanID: Sendable, Hashable, Comparable, BitwiseCopyable, CustomStringConvertible {
  package let value: UInt64

  @inlinable
  package init(_ value: UInt64) { self.value = value }

  /// Parses 1–16 hex digits of either case.
  package init?(hex: some StringProtocol) {
    guard let value = parseHex(Array(hex.utf8)[...]) else { return nil }
    self.init(value)
  }

  /// The id that means "no span" in OTLP.
  package static let zero = SpanID(0)
  @inlinable package var isZero: Bool { value == 0 }

  /// 16 lower-case hex digits.
  package var description: String { hexDigits(value) }

  @inlinable
  package static func < (left: SpanID, right: SpanID) -> Bool { left.value < right.value }
}

private func parseHex(_ digits: ArraySlice<UInt8>) -> UInt64? {
  guard (1...16).contains(digits.count) else { return nil }
  var value: UInt64 = 0
  for digit in digits {
    let nibble: UInt8
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): nibble = digit - UInt8(ascii: "A") + 10
    default: return nil
    }
    value = value << 4 | UInt64(nibble)
  }
  return value
}

private func hexDigits(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

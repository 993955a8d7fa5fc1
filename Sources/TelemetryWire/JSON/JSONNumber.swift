/// A JSON number taken apart: `mantissa × 10^exponent`.
///
/// OTLP/JSON writes 64-bit integers as strings; senders also write numbers, and exponents. Both are read here.
struct JSONNumber {
  private let range: WireRange
  private let isNegative: Bool
  /// The digits without point, as far as they fit 64 bits.
  private let mantissa: UInt64
  private let isMantissaExact: Bool
  private let exponent: Int

  /// Nil when the bytes of `range` are no JSON number.
  init?(_ bytes: RawSpan, _ range: WireRange) {
    var position = range.start
    func byte() -> UInt8 {
      position < range.end ? unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self) : 0
    }
    var negative = false
    if byte() == UInt8(ascii: "-") {
      negative = true
      position += 1
    }
    var value: UInt64 = 0
    var isExact = true
    var scale = 0
    var digits = 0
    var isFraction = false
    while position < range.end {
      let next = byte()
      if next == UInt8(ascii: "."), !isFraction, digits > 0 {
        isFraction = true
        position += 1
        guard byte() &- UInt8(ascii: "0") <= 9 else { return nil }
        continue
      }
      guard next &- UInt8(ascii: "0") <= 9 else { break }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(next &- UInt8(ascii: "0")))
      if !isExact || overflow || carry {
        isExact = false
        if !isFraction { scale &+= 1 }
      } else {
        value = sum
        if isFraction { scale &-= 1 }
      }
      digits += 1
      position += 1
    }
    guard digits > 0 else { return nil }
    if byte() | 0x20 == UInt8(ascii: "e") {
      position += 1
      var isBelow = false
      if byte() == UInt8(ascii: "-") || byte() == UInt8(ascii: "+") {
        isBelow = byte() == UInt8(ascii: "-")
        position += 1
      }
      guard byte() &- UInt8(ascii: "0") <= 9 else { return nil }
      var power = 0
      while byte() &- UInt8(ascii: "0") <= 9, position < range.end {
        power = min(1_000_000, power * 10 + Int(byte() &- UInt8(ascii: "0")))
        position += 1
      }
      scale = isBelow ? scale &- power : scale &+ power
    }
    guard position == range.end else { return nil }
    self.range = range
    isNegative = negative
    mantissa = value
    isMantissaExact = isExact
    exponent = scale
  }

  /// The integer as magnitude; nil when it has a fraction or more than 64 bits.
  private var magnitude: UInt64? {
    guard isMantissaExact else { return nil }
    var value = mantissa
    var power = exponent
    if value == 0 { return 0 }
    while power > 0 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = product
      power -= 1
    }
    while power < 0 {
      guard value % 10 == 0 else { return nil }
      value /= 10
      power += 1
    }
    return value
  }

  /// The unsigned integer; nil when it is none or too large.
  var unsigned: UInt64? {
    guard let magnitude, !isNegative || magnitude == 0 else { return nil }
    return magnitude
  }

  /// The signed integer; nil when it is none or out of range.
  var signed: Int64? {
    guard let magnitude else { return nil }
    if !isNegative { return Int64(exactly: magnitude) }
    return magnitude <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
  }

  /// The nearest double.
  func double(_ bytes: RawSpan) -> Double {
    // Exact below 2^53 with a power of ten that is exact itself (Clinger 1990): one multiplication or division.
    if isMantissaExact, mantissa < 1 << 53, exponent >= -22, exponent <= 22 {
      let value = isNegative ? -Double(mantissa) : Double(mantissa)
      return exponent < 0 ? value / JSONNumber.powers[-exponent] : value * JSONNumber.powers[exponent]
    }
    return Double(bytes.text(range.start, range.end)) ?? .nan
  }

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]
}

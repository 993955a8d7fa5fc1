/// Codec of doubles that are decimals of few digits, as most measured values are: whole numbers over a power of ten, and the
/// rest as they are. See docs/format/part.md, "Decimals".
///
/// Source: A. Afroozeh, L. Kuffó, P. Boncz 2023 (ALP); the numbers go to the codec of words, which finds their differences.
enum DecimalCodec {
  /// The greatest power of ten; all of them are exact doubles.
  static let exponentLimit = 18
  private static let powers: [Double] = {
    var powers: [Double] = [1]
    while powers.count <= exponentLimit { powers.append(powers[powers.count - 1] * 10) }
    return powers
  }()
  /// Every whole number up to here is a double.
  private static let greatestNumber = Double(1 << 53)
  /// Values of each of the two windows that the form is tried on.
  private static let windowLength = 512
  /// Of so many values one may be no decimal.
  private static let exceptionShare = 16

  /// Values as numbers over a power of ten.
  private struct Decimals {
    var numbers: [Int64] = []
    var exceptionRows: [Int64] = []
    var exceptions: [Double] = []

    init(_ values: some RandomAccessCollection<Double>, exponent: Int) {
      let power = DecimalCodec.powers[exponent]
      numbers.reserveCapacity(values.count)
      var last: Int64 = 0
      for (row, value) in values.enumerated() {
        if let number = DecimalCodec.number(value, power) {
          last = number
        } else {
          exceptionRows.append(Int64(row))
          exceptions.append(value)
        }
        // An exception repeats the number before it, which costs least.
        numbers.append(last)
      }
    }

    func append(exponent: Int, to writer: inout EncodingWriter) {
      writer.append(UInt8(truncatingIfNeeded: exponent))
      writer.append(varint: exceptions.count)
      WordCodec.appendNested(numbers.span, to: &writer)
      WordCodec.appendNested(exceptionRows.span, to: &writer)
      for exception in exceptions { writer.append(fixed: exception.bitPattern) }
    }
  }

  /// Appends the payload when it is smaller than that of the bit patterns; false, and nothing appended, when it is not.
  static func append(_ values: ArraySlice<Double>, to writer: inout EncodingWriter) -> Bool {
    guard let first = values.first, values.contains(where: { $0.bitPattern != first.bitPattern }) else { return false }
    let sample = sample(values)
    guard let exponent = exponent(sample) else { return false }
    var attempt = EncodingWriter()
    Decimals(sample, exponent: exponent).append(exponent: exponent, to: &attempt)
    var plain = EncodingWriter()
    let patterns = sample.map { Int64(bitPattern: $0.bitPattern) }
    WordCodec.appendNested(patterns.span, to: &plain)
    guard attempt.count < plain.count else { return false }
    let decimals = Decimals(values, exponent: exponent)
    guard decimals.exceptions.count * exceptionShare / 2 <= values.count else { return false }
    decimals.append(exponent: exponent, to: &writer)
    return true
  }

  private static func sample(_ values: ArraySlice<Double>) -> [Double] {
    guard values.count > 2 * windowLength else { return Array(values) }
    let middle = values.startIndex + values.count / 2
    return Array(values.prefix(windowLength)) + Array(values[middle..<middle + windowLength])
  }

  /// The smallest power of ten that makes nearly all values whole numbers; nil when none does.
  private static func exponent(_ sample: [Double]) -> Int? {
    for exponent in 0...exponentLimit {
      let power = powers[exponent]
      var missing = 0
      for value in sample where number(value, power) == nil {
        missing += 1
        if missing * exceptionShare > sample.count { break }
      }
      if missing * exceptionShare <= sample.count { return exponent }
    }
    return nil
  }

  /// The whole number that divided by `power` gives exactly `value`, the sign of zero included; nil when there is none.
  @inline(__always)
  private static func number(_ value: Double, _ power: Double) -> Int64? {
    let scaled = (value * power).rounded()
    // False for a NaN too.
    guard scaled.magnitude <= greatestNumber else { return nil }
    let number = Int64(scaled)
    return (Double(number) / power).bitPattern == value.bitPattern ? number : nil
  }

  /// Ten to the power of `exponent`.
  static func power(exponent: UInt8) throws(EncodingError) -> Double {
    guard exponent <= exponentLimit else { throw EncodingError(.damaged, "a power of ten above \(exponentLimit)") }
    return powers[Int(exponent)]
  }

  /// Decodes `count` values.
  static func decode(count: Int, _ reader: inout EncodingReader) throws(EncodingError) -> [Double] {
    try StoredDoubles(.decimals, count: count, &reader).values()
  }
}

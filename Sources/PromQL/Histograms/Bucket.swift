internal import Glibc

/// One bucket with its borders.
struct Bucket {
  var lower: Double
  var upper: Double
  var count: Double

  /// The upper border of a bucket of an exponential schema.
  static func bound(_ index: Int, schema: Int32) -> Double {
    if schema < 0 {
      let exponent = index << min(Int(-schema), 20)
      if exponent == 1024 { return .greatestFiniteMagnitude }
      return ldexp(1, Int32(clamping: exponent))
    }
    let steps = 1 << min(Int(schema), 20)
    let fraction = exp2(Double(index & (steps - 1)) / Double(steps)) / 2
    let exponent = (index >> min(Int(schema), 20)) + 1
    if fraction == 0.5, exponent == 1025 { return .greatestFiniteMagnitude }
    return ldexp(fraction, Int32(clamping: exponent))
  }
}

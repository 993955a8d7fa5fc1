/// Compensated summation as Neumaier improved it.
struct KahanSum {
  var sum: Double
  var compensation = 0.0

  @inline(__always)
  init(_ sum: Double = 0) { self.sum = sum }

  /// Adds a number. An infinite sum carries no compensation.
  @inline(__always)
  mutating func add(_ value: Double) {
    let total = sum + value
    if total.isInfinite {
      compensation = 0
    } else if sum.magnitude >= value.magnitude {
      compensation += (sum - total) + value
    } else {
      compensation += (value - total) + sum
    }
    sum = total
  }

  @inline(__always)
  var value: Double { sum + compensation }
}

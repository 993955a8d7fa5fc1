/// The mean of numbers: of their compensated sum while it fits into a double, afterwards updated number by number.
struct FloatMean {
  private var sum: KahanSum
  private var count = 1.0
  private var isIncremental = false

  init(_ first: Double) { sum = KahanSum(first) }

  mutating func add(_ value: Double) {
    count += 1
    if !isIncremental {
      var next = sum
      next.add(value)
      if !next.sum.isInfinite {
        sum = next
        return
      }
      isIncremental = true
      sum.sum /= count - 1
      sum.compensation /= count - 1
    }
    let factor = (count - 1) / count
    sum.sum *= factor
    sum.compensation *= factor
    sum.add(value / count)
  }

  var value: Double { isIncremental ? sum.value : sum.sum / count + sum.compensation / count }
}

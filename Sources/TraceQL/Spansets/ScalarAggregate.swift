/// The least, greatest, mean or sum of numbers, which keeps durations durations and whole sums whole.
struct ScalarAggregate {
  private let function: Aggregation.Function
  private var count = 0
  private var total: Static?
  private var extreme: Static?
  /// The sum in fractions, for means and for sums that do not fit.
  private var sum = 0.0
  private var isDuration = true

  init(_ function: Aggregation.Function) { self.function = function }

  /// Adds a value; what is no number is passed over.
  mutating func add(_ value: Static) {
    guard let number = value.number, !number.isNaN else { return }
    count += 1
    sum += number
    if value.type != .duration { isDuration = false }
    total = total.map { Arithmetic.value(.add, $0, value) ?? .double(sum) } ?? value
    let isBetter = extreme.map { Comparing.holds(function == .minimum ? .less : .greater, value, $0) } ?? true
    if isBetter { extreme = value }
  }

  /// Nil when there was no number.
  var value: Static? {
    guard count > 0 else { return nil }
    switch function {
    case .count: return .int(Int64(count))
    case .minimum, .maximum: return extreme
    case .sum: return total
    case .average:
      let mean = sum / Double(count)
      return isDuration ? Int64(exactly: mean.rounded()).map { .duration($0) } ?? .double(mean) : .double(mean)
    }
  }
}

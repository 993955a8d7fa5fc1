/// Classic histograms whose cumulative counts fell from one bucket to the next.
struct ForcedMonotonicity: Sendable {
  var metricName: String
  var lowestBound: Double
  var highestBound: Double
  var largestDifference: Double
  /// Milliseconds of the first and the last sample concerned.
  var firstTime: Int64
  var lastTime: Int64
  var count = 1

  mutating func merge(_ other: ForcedMonotonicity) {
    lowestBound = min(lowestBound, other.lowestBound)
    highestBound = max(highestBound, other.highestBound)
    largestDifference = max(largestDifference, other.largestDifference)
    firstTime = min(firstTime, other.firstTime)
    lastTime = max(lastTime, other.lastTime)
    count += other.count
  }

  var text: String {
    var text = "input to histogram_quantile needed to be fixed for monotonicity (see "
    text += "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
    if !metricName.isEmpty { text += " for metric name \(GoText.quoted(metricName))" }
    text += ", from buckets \(GoText.general(lowestBound)) to \(GoText.general(highestBound))"
    text += ", with a max diff of \(Self.twoDigits(largestDifference))"
    text += ", over \(count) samples from \(CalendarTime(milliseconds: firstTime).text)"
    return text + " to \(CalendarTime(milliseconds: lastTime).text)"
  }

  /// The value with two significant digits (`%.2g`).
  private static func twoDigits(_ value: Double) -> String {
    guard value.isFinite, value > 0 else { return GoText.general(value) }
    var exponent = 0
    var mantissa = value
    while mantissa >= 99.5 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 9.95 {
      mantissa *= 10
      exponent -= 1
    }
    let rounded = mantissa.rounded()
    guard exponent < 1, exponent > -6, let result = Double("\(Int(rounded))e\(exponent)") else {
      let digits = String(Int(rounded))
      let power = exponent + 1
      let fraction = digits.dropFirst() == "0" ? "" : ".\(digits.dropFirst())"
      return "\(digits.prefix(1))\(fraction)e\(power < 0 ? "-" : "+")\(abs(power) < 10 ? "0" : "")\(abs(power))"
    }
    return GoText.general(result)
  }
}

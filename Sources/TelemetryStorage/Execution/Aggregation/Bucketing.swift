import Glibc
import TelemetryStore

extension TimeBucket {
  /// Index of the bucket that holds `time`.
  func index(of time: Int64) -> Int64 {
    let (distance, overflow) = time.subtractingReportingOverflow(origin)
    // Beyond the range of differences: the outermost bucket.
    let clamped = overflow ? (time < origin ? Int64.min : .max) : distance
    let (quotient, remainder) = clamped.quotientAndRemainder(dividingBy: width)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// The times of bucket `index`; nil when they lie beyond what 64 bits hold.
  func times(of index: Int64) -> Range<Int64>? {
    let (offset, tooFar) = index.multipliedReportingOverflow(by: width)
    let (start, startOverflow) = offset.addingReportingOverflow(origin)
    let (end, endOverflow) = start.addingReportingOverflow(width)
    return tooFar || startOverflow || endOverflow ? nil : start..<end
  }
}

extension ValueBucket {
  /// Index of the bucket that holds `number`; nil for numbers that are not finite.
  func index(of number: Double) -> Int64? {
    guard number.isFinite else { return nil }
    guard number > 0 else { return .min }
    let exact = log(number) / log(base)
    let nearest = exact.rounded()
    // Close to a boundary the logarithm's last digit decides nothing; the power does.
    guard abs(exact - nearest) < 1e-9 else { return Int64(exact.rounded(.down)) }
    return pow(base, nearest) <= number ? Int64(nearest) : Int64(nearest) - 1
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A distribution in buckets whose bounds grow by the factor `2^(2^-scale)`, as OpenTelemetry's exponential histograms.
///
/// Starts at the finest scale; when the buckets of one sign would be more than allowed, the scale falls and neighbours
/// merge. Bucket `i` holds values above `base^i` up to and including `base^(i+1)`.
struct ExponentialHistogram: Sendable {
  /// The counts of consecutive buckets.
  struct Buckets: Sendable, Equatable {
    /// The index of the first bucket.
    var offset = 0
    var counts: [UInt64] = []

    /// The lowest and highest index with `index` taken in.
    fileprivate func span(including index: Int) -> (low: Int, high: Int) {
      if counts.isEmpty { return (index, index) }
      return (min(offset, index), max(offset + counts.count - 1, index))
    }

    fileprivate mutating func increment(_ index: Int) {
      if counts.isEmpty {
        offset = index
        counts.append(1)
        return
      }
      if index < offset {
        counts.insert(contentsOf: repeatElement(0, count: offset - index), at: 0)
        offset = index
      } else if index - offset >= counts.count {
        counts.append(contentsOf: repeatElement(0, count: index - offset - counts.count + 1))
      }
      counts[index - offset] += 1
    }

    /// Merges `2^change` neighbours into one.
    fileprivate mutating func merge(_ change: Int) {
      guard let last = counts.indices.last else { return }
      let start = offset >> change
      var merged = [UInt64](repeating: 0, count: ((offset + last) >> change) - start + 1)
      for (position, count) in counts.enumerated() { merged[((offset + position) >> change) - start] += count }
      offset = start
      counts = merged
    }
  }

  /// The finest scale: 2^20 buckets for each doubling.
  static let maximumScale = 20

  private(set) var scale = Self.maximumScale
  private(set) var count: UInt64 = 0
  private(set) var sum = 0.0
  private(set) var minimum = Double.infinity
  private(set) var maximum = -Double.infinity
  private(set) var zeroCount: UInt64 = 0
  private(set) var positive = Buckets()
  private(set) var negative = Buckets()
  private let maximumSize: Int

  /// - Parameter maximumSize: how many buckets of each sign there may be; at least two.
  init(maximumSize: Int) { self.maximumSize = max(2, maximumSize) }

  /// Takes one finite value.
  mutating func record(_ value: Double) {
    count += 1
    sum += value
    minimum = min(minimum, value)
    maximum = max(maximum, value)
    if value == 0 {
      zeroCount += 1
      return
    }
    let magnitude = abs(value)
    var index = Self.index(magnitude, scale: scale)
    let span = value > 0 ? positive.span(including: index) : negative.span(including: index)
    let change = reduction(span.low, span.high)
    if change > 0 {
      scale -= change
      positive.merge(change)
      negative.merge(change)
      index >>= change
    }
    if value > 0 { positive.increment(index) } else { negative.increment(index) }
  }

  /// By how much the scale must fall for the indices to fit.
  private func reduction(_ low: Int, _ high: Int) -> Int {
    var (low, high, change) = (low, high, 0)
    while high - low >= maximumSize {
      low >>= 1
      high >>= 1
      change += 1
    }
    return change
  }

  /// The bucket of a positive finite value.
  static func index(_ value: Double, scale: Int) -> Int {
    // Powers of two are upper bounds of a bucket at every scale; logarithms would miss some by rounding.
    let exponent = Int(value.exponent)
    let isPowerOfTwo = value.significand == 1
    if scale <= 0 { return (isPowerOfTwo ? exponent - 1 : exponent) >> -scale }
    if isPowerOfTwo { return (exponent << scale) - 1 }
    let fraction = log2(value.significand) * Double(1 << scale)
    return (exponent << scale) + min(Int(fraction), (1 << scale) - 1)
  }
}

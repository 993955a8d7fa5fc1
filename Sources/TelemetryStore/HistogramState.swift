import Glibc

/// A base-2 exponential histogram of scale 5: 32 buckets per doubling, so a quantile is within 1.1 % of the true value.
///
/// The same structure as an OpenTelemetry exponential histogram; negative numbers and zero are counted apart.
package struct HistogramState: Sendable, Hashable {
  /// Buckets per doubling, as a power of two.
  package static let scale = 5

  /// Counts of consecutive buckets; bucket i covers `(2^(i/32), 2^((i+1)/32)]`. Neither end is zero.
  package struct Buckets: Sendable, Hashable {
    package private(set) var first: Int32 = 0
    package private(set) var counts: [UInt64] = []

    /// Adds `counts` from bucket `start` on; neither end is zero.
    mutating func add(_ added: ArraySlice<UInt64>, from start: Int32) {
      if added.isEmpty { return }
      if counts.isEmpty {
        first = start
        counts = Array(added)
        return
      }
      if start < first {
        counts.insert(contentsOf: repeatElement(0, count: Int(first) - Int(start)), at: 0)
        first = start
      }
      let offset = Int(start) - Int(first)
      if offset + added.count > counts.count {
        counts.append(contentsOf: repeatElement(0, count: offset + added.count - counts.count))
      }
      var target = offset
      for count in added {
        counts[target] += count
        target += 1
      }
    }
  }

  package private(set) var positive = Buckets()
  /// The same over absolute values.
  package private(set) var negative = Buckets()
  package private(set) var zeroCount: UInt64 = 0
  package private(set) var count: UInt64 = 0
  package private(set) var sum: Double = 0
  package private(set) var minimum = Double.infinity
  package private(set) var maximum = -Double.infinity

  package init() {}

  /// The bucket of a positive finite number.
  package static func bucket(of value: Double) -> Int32 {
    Int32((log2(value) * 32).rounded(.up)) - 1
  }

  /// The geometric middle of a bucket.
  package static func middle(of bucket: Int32) -> Double { exp2((Double(bucket) + 0.5) / 32) }

  /// Adds a number `weight` times; NaN and infinities are ignored.
  package mutating func add(_ value: Double, weight: UInt64 = 1) {
    guard value.isFinite, weight > 0 else { return }
    count += weight
    sum += value * Double(weight)
    minimum = min(minimum, value)
    maximum = max(maximum, value)
    if value > 0 {
      positive.add([weight], from: HistogramState.bucket(of: value))
    } else if value < 0 {
      negative.add([weight], from: HistogramState.bucket(of: -value))
    } else {
      zeroCount += weight
    }
  }

  /// Adds what a scan counted in an array of buckets: `counts[i]` numbers in bucket `firstBucket + i`, all positive.
  package mutating func add(
    bucketCounts counts: [UInt64], firstBucket: Int32, sum: Double, minimum: Double, maximum: Double
  ) {
    if let start = counts.firstIndex(where: { $0 > 0 }), let last = counts.lastIndex(where: { $0 > 0 }) {
      positive.add(counts[start...last], from: firstBucket + Int32(start))
      for bucketCount in counts[start...last] { count += bucketCount }
    }
    self.sum += sum
    self.minimum = min(self.minimum, minimum)
    self.maximum = max(self.maximum, maximum)
  }

  package func merged(with other: HistogramState) -> HistogramState {
    var result = self
    result.positive.add(other.positive.counts[...], from: other.positive.first)
    result.negative.add(other.negative.counts[...], from: other.negative.first)
    result.zeroCount += other.zeroCount
    result.count += other.count
    result.sum += other.sum
    result.minimum = min(minimum, other.minimum)
    result.maximum = max(maximum, other.maximum)
    return result
  }

  /// The `quantile` (0 … 1) of the numbers; nil when there are none.
  package func quantile(_ quantile: Double) -> Double? {
    guard count > 0 else { return nil }
    let rank = UInt64((Double(count) * min(max(quantile, 0), 1)).rounded(.up)).clamped(to: 1...count)
    if rank == count { return maximum }
    var seen: UInt64 = 0
    for (index, bucketCount) in negative.counts.enumerated().reversed() {
      seen += bucketCount
      if seen >= rank { return max(minimum, -HistogramState.middle(of: negative.first + Int32(index))) }
    }
    seen += zeroCount
    if seen >= rank { return 0 }
    for (index, bucketCount) in positive.counts.enumerated() {
      seen += bucketCount
      if seen >= rank {
        return min(maximum, max(minimum, HistogramState.middle(of: positive.first + Int32(index))))
      }
    }
    return maximum
  }
}

extension UInt64 {
  fileprivate func clamped(to range: ClosedRange<UInt64>) -> UInt64 {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}

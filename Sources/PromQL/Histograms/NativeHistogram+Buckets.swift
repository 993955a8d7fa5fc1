extension NativeHistogram {
  package var hasCustomBuckets: Bool { schema == Self.customBucketsSchema }

  var positive: BucketList {
    get { BucketList(spans: positiveSpans, buckets: positiveBuckets) }
    set { (positiveSpans, positiveBuckets) = newValue.compactSpans }
  }

  var negative: BucketList {
    get { BucketList(spans: negativeSpans, buckets: negativeBuckets) }
    set { (negativeSpans, negativeBuckets) = newValue.compactSpans }
  }

  /// The histogram without empty buckets.
  package var compacted: NativeHistogram {
    guard positiveBuckets.contains(0) || negativeBuckets.contains(0) || !isMerged else { return self }
    var result = self
    result.positive = positive
    result.negative = negative
    return result
  }

  private var isMerged: Bool {
    func isMerged(_ spans: [Span]) -> Bool {
      spans.enumerated().allSatisfy { $1.length > 0 && ($0 == 0 || $1.offset != 0) }
    }
    return isMerged(positiveSpans) && isMerged(negativeSpans)
  }

  /// The borders of a bucket of the positive range.
  func borders(ofPositive index: Int) -> (lower: Double, upper: Double) {
    if hasCustomBuckets {
      let lower = index > 0 && index <= customBounds.count ? customBounds[index - 1] : -Double.infinity
      return (lower, index >= 0 && index < customBounds.count ? customBounds[index] : .infinity)
    }
    return (Bucket.bound(index - 1, schema: schema), Bucket.bound(index, schema: schema))
  }

  /// Every bucket by its borders, ascending; the zero bucket only when it is populated.
  var buckets: [Bucket] {
    var buckets: [Bucket] = []
    let negative = negative
    for (index, count) in zip(negative.indices, negative.counts).reversed() {
      let borders = borders(ofPositive: index)
      buckets.append(Bucket(lower: -borders.upper, upper: -borders.lower, count: count))
    }
    if zeroCount > 0 || zeroCount.isNaN || zeroCount < 0 {
      buckets.append(Bucket(lower: -zeroThreshold, upper: zeroThreshold, count: zeroCount))
    }
    let positive = positive
    for (index, count) in zip(positive.indices, positive.counts) {
      let borders = borders(ofPositive: index)
      buckets.append(Bucket(lower: borders.lower, upper: borders.upper, count: count))
    }
    return buckets
  }

  /// The histogram at a lower resolution.
  func reduced(to schema: Int32) -> NativeHistogram {
    guard !hasCustomBuckets, schema < self.schema else { return self }
    var result = self
    result.positive = positive.reduced(by: self.schema - schema)
    result.negative = negative.reduced(by: self.schema - schema)
    result.schema = schema
    return result
  }

  /// Borders that two lists of custom bounds share.
  static func commonBounds(_ left: [Double], _ right: [Double]) -> [Double] {
    var result: [Double] = []
    var (i, j) = (0, 0)
    while i < left.count, j < right.count {
      if left[i] == right[j] {
        result.append(left[i])
        i += 1
        j += 1
      } else if left[i] < right[j] {
        i += 1
      } else {
        j += 1
      }
    }
    return result
  }

  /// The histogram with custom buckets that end at some of its bounds only.
  func remapped(to bounds: [Double]) -> NativeHistogram {
    guard bounds != customBounds else { return self }
    var result = self
    result.positive = positive.mapped { Self.position(of: $0, in: bounds, from: customBounds) }
    result.customBounds = bounds
    return result
  }

  /// Which bucket of `bounds` holds bucket `index` of `source`.
  static func position(of index: Int, in bounds: [Double], from source: [Double]) -> Int {
    guard index >= 0, index < source.count else { return bounds.count }
    return bounds.firstIndex { $0 >= source[index] } ?? bounds.count
  }

  /// What the zero bucket counts when it is widened to `threshold`, which grows to the end of a populated bucket.
  func zeroBucket(widenedTo threshold: Double) -> (count: Double, threshold: Double) {
    guard threshold > zeroThreshold else { return (zeroCount, zeroThreshold) }
    var threshold = threshold
    while true {
      var count = zeroCount
      var isWidened = false
      for side in [positive, negative] {
        for (index, bucketCount) in zip(side.indices, side.counts) {
          let borders = borders(ofPositive: index)
          if borders.lower >= threshold { break }
          count += bucketCount
          guard borders.upper > threshold else { continue }
          if bucketCount != 0 {
            threshold = borders.upper
            isWidened = true
          }
          break
        }
      }
      if !isWidened { return (count, threshold) }
    }
  }

  /// The histogram with a wider zero bucket.
  func widened(to threshold: Double) -> NativeHistogram {
    guard !hasCustomBuckets, threshold > zeroThreshold else { return self }
    var result = self
    (result.zeroCount, result.zeroThreshold) = zeroBucket(widenedTo: threshold)
    func outside(_ list: BucketList) -> BucketList {
      var kept = BucketList()
      for (index, count) in zip(list.indices, list.counts)
      where borders(ofPositive: index).lower >= result.zeroThreshold {
        kept.append(index, count)
      }
      return kept
    }
    result.positive = outside(positive)
    result.negative = outside(negative)
    return result
  }
}

/// Buckets of one sign by index, ascending: the form to compute with, where spans are the form to store.
struct BucketList: Sendable, Equatable {
  var indices: [Int] = []
  var counts: [Double] = []

  init() {}

  init(spans: [NativeHistogram.Span], buckets: [Double]) {
    indices.reserveCapacity(buckets.count)
    counts = buckets
    var index = 0
    for span in spans {
      index += Int(span.offset)
      for _ in 0..<min(Int(span.length), buckets.count - indices.count) {
        indices.append(index)
        index += 1
      }
    }
    if counts.count > indices.count { counts.removeLast(counts.count - indices.count) }
  }

  mutating func append(_ index: Int, _ count: Double) {
    indices.append(index)
    counts.append(count)
  }

  /// Spans without empty buckets, and the counts of their buckets.
  var compactSpans: (spans: [NativeHistogram.Span], buckets: [Double]) {
    var spans: [NativeHistogram.Span] = []
    var buckets: [Double] = []
    var next = 0
    for (index, count) in zip(indices, counts) where count != 0 {
      if spans.isEmpty || index != next {
        spans.append(NativeHistogram.Span(offset: Int32(clamping: index - next), length: 1))
      } else {
        spans[spans.count - 1].length += 1
      }
      buckets.append(count)
      next = index + 1
    }
    return (spans, buckets)
  }

  /// The buckets at a lower resolution.
  func reduced(by steps: Int32) -> BucketList {
    guard steps > 0 else { return self }
    return mapped { (($0 - 1) >> min(Int(steps), 60)) + 1 }
  }

  /// The buckets under other indices; neighbours that fall together are added. `transform` must not descend.
  func mapped(_ transform: (Int) -> Int) -> BucketList {
    var result = BucketList()
    for (index, count) in zip(indices, counts) {
      let target = transform(index)
      if result.indices.last == target {
        result.counts[result.counts.count - 1] += count
      } else {
        result.append(target, count)
      }
    }
    return result
  }
}

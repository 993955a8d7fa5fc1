import TelemetryStore

/// A mergeable histogram of a field's numbers: dense buckets a group while counting.
struct HistogramAggregate: AggregateState {
  private struct State {
    /// Counts of positive numbers from bucket `firstBucket` on.
    var counts: [UInt64] = []
    var firstBucket: Int32 = 0
    var sum = 0.0
    var minimum = Double.infinity
    var maximum = -Double.infinity
    /// Zero and negative numbers: rare, so counted where they end up.
    var rest = HistogramState()

    func holds(_ bucket: Int32) -> Bool { counts.indices.contains(Int(bucket) - Int(firstBucket)) }

    /// Makes room for a bucket, with some to spare on its side.
    mutating func makeRoom(for bucket: Int32) {
      let spare = 32
      if counts.isEmpty {
        counts = [UInt64](repeating: 0, count: spare)
        firstBucket = bucket - Int32(spare / 2)
      } else if bucket < firstBucket {
        let missing = Int(firstBucket - bucket) + spare
        counts.insert(contentsOf: repeatElement(0, count: missing), at: 0)
        firstBucket -= Int32(missing)
      } else {
        counts.extend(to: Int(bucket - firstBucket) + spare, with: 0)
      }
    }
  }

  private var states: [State] = []
  private var bucketBytes = 0

  mutating func grow(to count: Int) { states.extend(to: count, with: State()) }

  mutating func add(_ input: AggregateInput) {
    let groups = input.groups
    input.values?.forEachNumber(input.rows) { add($1, Int(groups[$0])) }
  }

  @inline(__always)
  private mutating func add(_ number: Double, _ group: Int) {
    guard number.isFinite else { return }
    guard number > 0 else {
      states[group].rest.add(number)
      return
    }
    let bucket = HistogramState.bucket(of: number)
    var offset = Int(bucket) &- Int(states[group].firstBucket)
    if offset < 0 || offset >= states[group].counts.count {
      let before = states[group].counts.count
      states[group].makeRoom(for: bucket)
      bucketBytes += (states[group].counts.count - before) * 8
      offset = Int(bucket) &- Int(states[group].firstBucket)
    }
    states[group].counts[offset] &+= 1
    states[group].sum += number
    if number < states[group].minimum { states[group].minimum = number }
    if number > states[group].maximum { states[group].maximum = number }
  }

  mutating func merge(_ other: HistogramAggregate, groups: [UInt32?]) {
    for (index, group) in groups.enumerated() {
      guard let group = group.map(Int.init) else { continue }
      let added = other.states[index]
      let before = states[group].counts.count
      if let first = added.counts.firstIndex(where: { $0 > 0 }), let last = added.counts.lastIndex(where: { $0 > 0 }) {
        for bucket in [first, last].map({ added.firstBucket + Int32($0) }) where !states[group].holds(bucket) {
          states[group].makeRoom(for: bucket)
        }
        let offset = Int(added.firstBucket) - Int(states[group].firstBucket)
        for bucket in first...last { states[group].counts[offset + bucket] &+= added.counts[bucket] }
      }
      bucketBytes += (states[group].counts.count - before) * 8
      states[group].sum += added.sum
      states[group].minimum = min(states[group].minimum, added.minimum)
      states[group].maximum = max(states[group].maximum, added.maximum)
      states[group].rest = states[group].rest.merged(with: added.rest)
    }
  }

  func partial(_ group: Int) -> PartialState {
    var histogram = states[group].rest
    let state = states[group]
    histogram.add(
      bucketCounts: state.counts, firstBucket: state.firstBucket, sum: state.sum, minimum: state.minimum,
      maximum: state.maximum)
    return .histogram(histogram)
  }

  var memoryBytes: Int { states.count * 160 + bucketBytes }
}

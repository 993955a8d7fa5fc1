import PromQL

/// What happened in each slot of a grid, to be read as a counter.
struct SlotCounter: Sendable {
  private var slots: [Double]

  init(_ grid: SampleGrid) { slots = Array(repeating: 0, count: grid.slotCount) }

  mutating func add(_ value: Double, at slot: Int) { slots[slot] += value }

  /// The sum up to each time of the grid.
  func samples(_ grid: SampleGrid) -> FloatSamples {
    var sums: [Double] = [0]
    sums.reserveCapacity(grid.times.count)
    for value in slots { sums.append((sums.last ?? 0) + value) }
    return FloatSamples(times: grid.times, values: sums)
  }
}

/// Durations in each slot of a grid, to be read as a classic histogram in seconds.
struct SlotHistogram: Sendable {
  /// Upper bounds in seconds, ascending; the last bucket has none.
  let bounds: [Double]
  private(set) var sum: SlotCounter
  private(set) var count: SlotCounter
  /// One a bound: what is at most as long.
  private var buckets: [SlotCounter]

  init(_ grid: SampleGrid, bounds: [Double]) {
    self.bounds = bounds
    sum = SlotCounter(grid)
    count = SlotCounter(grid)
    buckets = bounds.map { _ in SlotCounter(grid) }
  }

  /// - Parameter nanoseconds: a negative duration, which clocks that differ make, counts as none.
  mutating func add(nanoseconds: Int64, at slot: Int) {
    let seconds = Double(max(0, nanoseconds)) / 1e9
    sum.add(seconds, at: slot)
    count.add(1, at: slot)
    for index in bounds.indices where seconds <= bounds[index] { buckets[index].add(1, at: slot) }
  }

  /// Adds what was counted elsewhere.
  ///
  /// - Parameter atMost: one a bound.
  mutating func add(sum total: Double, count number: Double, atMost: [Double], at slot: Int) {
    sum.add(total, at: slot)
    count.add(number, at: slot)
    for (index, value) in atMost.enumerated() where index < buckets.count { buckets[index].add(value, at: slot) }
  }

  /// Every bucket with the value of its `le`.
  var labelled: [(bound: String, counter: SlotCounter)] {
    zip(bounds, buckets).map { (GoText.plain($0), $1) } + [("+Inf", count)]
  }
}

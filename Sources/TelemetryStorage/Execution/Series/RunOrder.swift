import TelemetryModel

/// How the points of several runs of one series follow each other in time, each time once.
struct RunOrder: Sendable {
  /// Consecutive points of one run.
  struct Stretch: Sendable {
    /// Which of the series' runs.
    let run: UInt32
    /// First point, counted from the run's first.
    let start: UInt32
    let count: UInt32
  }

  private(set) var stretches: [Stretch] = []
  private(set) var times: [Int64] = []

  /// One run as the order sees it.
  struct Member {
    let source: Int
    let times: ArraySlice<Int64>
    let hasRepeatedTimes: Bool

    var firstTime: Int64 { times[times.startIndex] }
    var lastTime: Int64 { times[times.endIndex - 1] }
  }

  /// - Parameter members: none of them empty. Of two points with one time that of the greater source, and of one run the
  ///   later, stays.
  init(_ members: [Member]) {
    // Stable: where two runs begin at one time that of the later source stays behind.
    let order = members.indices.sorted {
      (members[$0].firstTime, members[$0].source) < (members[$1].firstTime, members[$1].source)
    }
    var start = 0
    while start < order.count {
      // Runs that overlap, one with the next or through others.
      var end = start + 1
      var last = members[order[start]].lastTime
      while end < order.count, members[order[end]].firstTime <= last {
        last = max(last, members[order[end]].lastTime)
        end += 1
      }
      if end == start + 1, !members[order[start]].hasRepeatedTimes {
        append(order[start], 0, members[order[start]].times.count, members)
      } else {
        merge(Array(order[start..<end]), members)
      }
      start = end
    }
  }

  /// Merges runs that overlap in time: from the run with the earliest point as far as no other has a point.
  private mutating func merge(_ runs: [Int], _ members: [Member]) {
    // Each run's points that are left; one whose last point was taken leaves.
    var open = runs.map { (run: $0, head: members[$0].times.startIndex, times: members[$0].times) }
    while !open.isEmpty {
      var earliest = Int64.max
      for entry in open { earliest = min(earliest, entry.times[entry.head]) }
      // Of the points of one time that of the latest source is taken; the others are passed over.
      var taken: Int?
      for index in open.indices where open[index].times[open[index].head] == earliest {
        let end = open[index].times.endIndex
        while open[index].head + 1 < end, open[index].times[open[index].head + 1] == earliest { open[index].head += 1 }
        if let before = taken {
          let isLater = members[open[index].run].source > members[open[before].run].source
          open[isLater ? before : index].head += 1
          if isLater { taken = index }
        } else {
          taken = index
        }
      }
      guard let taken else { return }
      var limit = Int64.max
      for index in open.indices where index != taken && open[index].head < open[index].times.endIndex {
        limit = min(limit, open[index].times[open[index].head])
      }
      let times = open[taken].times
      let start = open[taken].head
      var end = start + 1
      while end < times.endIndex, times[end] < limit, end + 1 == times.endIndex || times[end + 1] != times[end] {
        end += 1
      }
      append(open[taken].run, start - times.startIndex, end - start, members)
      open[taken].head = end
      open.removeAll { $0.head == $0.times.endIndex }
    }
  }

  private mutating func append(_ run: Int, _ start: Int, _ count: Int, _ members: [Member]) {
    let own = members[run].times
    times += own[own.startIndex + start..<own.startIndex + start + count]
    stretches.append(
      Stretch(
        run: UInt32(truncatingIfNeeded: run), start: UInt32(truncatingIfNeeded: start),
        count: UInt32(truncatingIfNeeded: count)))
  }
}

/// The orders of many series, each made once: series that report together have runs with the same lists of times.
struct RunOrders {
  private(set) var orders: [RunOrder] = []
  private let pieces: [SeriesPiece]
  /// By the hash of what an order is made of; two of one hash follow each other.
  private var places: [UInt64: [Int]] = [:]
  /// The runs that each order was made of first.
  private var examples: [ArraySlice<PlacedRun>] = []
  private var lastNumber = -1

  init(_ pieces: [SeriesPiece]) { self.pieces = pieces }

  /// The number of the order of a series' runs, which are in the order of their pieces.
  mutating func number(of runs: ArraySlice<PlacedRun>) -> Int {
    // Neighbours often report together.
    if lastNumber >= 0, isAlike(examples[lastNumber], runs) { return lastNumber }
    var hash = UInt64(runs.count)
    for placed in runs {
      let run = pieces[Int(placed.source)].runs[Int(placed.number)]
      hash = ContentHash.mix(hash ^ UInt64(placed.source), UInt64(run.list) << 32 ^ UInt64(run.listStart))
      hash = ContentHash.mix(hash ^ 0x9e37_79b9_7f4a_7c15, UInt64(run.count))
    }
    for number in places[hash, default: []] where isAlike(examples[number], runs) {
      lastNumber = number
      return number
    }
    lastNumber = orders.count
    places[hash, default: []].append(lastNumber)
    examples.append(runs)
    orders.append(RunOrder(runs.map { member($0) }))
    return lastNumber
  }

  private func member(_ placed: PlacedRun) -> RunOrder.Member {
    let piece = pieces[Int(placed.source)]
    let run = piece.runs[Int(placed.number)]
    return RunOrder.Member(
      source: Int(placed.source), times: piece.list(run.list)[run.listStart..<run.listStart + run.count],
      hasRepeatedTimes: run.hasRepeatedTimes)
  }

  private func isAlike(_ left: ArraySlice<PlacedRun>, _ right: ArraySlice<PlacedRun>) -> Bool {
    guard left.count == right.count else { return false }
    for offset in 0..<left.count {
      let (one, other) = (left[left.startIndex + offset], right[right.startIndex + offset])
      guard one.source == other.source else { return false }
      let runs = pieces[Int(one.source)].runs
      let (first, second) = (runs[Int(one.number)], runs[Int(other.number)])
      guard first.list == second.list, first.listStart == second.listStart, first.count == second.count else {
        return false
      }
    }
    return true
  }
}

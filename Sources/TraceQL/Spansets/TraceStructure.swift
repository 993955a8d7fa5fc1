internal import TelemetryModel

/// How the spans of one trace hang together. Indices are places in the trace's spans by start time.
///
/// Whatever was received: parents may be missing, ids may come twice (children belong to the first), and parents that form
/// a ring are cut at its earliest span, which then has no parent here.
struct TraceStructure {
  /// A span's numbers in a walk through its tree; all zero when it hangs on no root.
  struct NestedSet {
    var left: Int64 = 0
    var right: Int64 = 0
    /// `left` of the parent; −1 for a root.
    var parent: Int64 = 0
  }

  /// No parent among the spans of the trace.
  static let none = -1

  /// By span: its parent, or `none`.
  let parents: [Int]
  /// Every span after its parent.
  let order: [Int]
  let childCounts: [Int]
  /// The earliest span without a parent id.
  let root: Int?
  let nestedSets: [NestedSet]
  /// From the earliest start to the latest end.
  let duration: Int64
  /// By span: the id of its parent, zero for roots.
  let parentIDs: [SpanID]

  init(spanIDs: [SpanID], parentIDs: [SpanID], starts: [Int64], durations: [Int64]) {
    let count = spanIDs.count
    var first: [SpanID: Int] = [:]
    for place in 0..<count where first[spanIDs[place]] == nil { first[spanIDs[place]] = place }
    var parents = [Int](repeating: TraceStructure.none, count: count)
    for place in 0..<count where !parentIDs[place].isZero {
      if let parent = first[parentIDs[place]], parent != place { parents[place] = parent }
    }
    TraceStructure.cutRings(&parents)
    var children = [[Int]](repeating: [], count: count)
    var tops: [Int] = []
    for place in 0..<count {
      if parents[place] == TraceStructure.none { tops.append(place) } else { children[parents[place]].append(place) }
    }
    var order: [Int] = []
    order.reserveCapacity(count)
    var sets = [NestedSet](repeating: NestedSet(), count: count)
    var next: Int64 = 1
    for top in tops {
      let isRoot = parentIDs[top].isZero
      // A place comes twice: when it is entered and, complemented, when it is left.
      var stack = [top]
      while let entry = stack.popLast() {
        if entry < 0 {
          if isRoot {
            sets[~entry].right = next
            next += 1
          }
          continue
        }
        order.append(entry)
        if isRoot {
          sets[entry].left = next
          sets[entry].parent = parents[entry] == TraceStructure.none ? -1 : sets[parents[entry]].left
          next += 1
        }
        stack.append(~entry)
        stack += children[entry].reversed()
      }
    }
    self.parents = parents
    self.order = order
    childCounts = children.map(\.count)
    root = (0..<count).first { parentIDs[$0].isZero }
    nestedSets = sets
    self.parentIDs = parentIDs
    var end = starts.first ?? 0
    for place in 0..<count {
      let (own, overflow) = starts[place].addingReportingOverflow(max(0, durations[place]))
      end = max(end, overflow ? .max : own)
    }
    let (length, overflow) = end.subtractingReportingOverflow(starts.first ?? 0)
    duration = overflow ? .max : length
  }

  private static func cutRings(_ parents: inout [Int]) {
    var isSettled = [Bool](repeating: false, count: parents.count)
    var walk = [Int](repeating: -1, count: parents.count)
    for start in parents.indices where !isSettled[start] {
      var path: [Int] = []
      var place = start
      while place != none, !isSettled[place], walk[place] != start {
        walk[place] = start
        path.append(place)
        place = parents[place]
      }
      if place != none, !isSettled[place], let ringStart = path.firstIndex(of: place),
        let earliest = path[ringStart...].min()
      {
        parents[earliest] = none
      }
      for place in path { isSettled[place] = true }
    }
  }
}

package import TelemetryModel

/// Which parts of which spans decided when the trace ended.
///
/// Walks each root backwards from its end: the child that ended last before the current time is waited for, so the time
/// after its end belongs to the parent and the time before to the child; then the walk goes on at the child's start.
/// Children that end after their parent (asynchronous work) are cut at the parent's end.
/// Cost: each span's children sorted once. The walk keeps its own stack, so depth is no limit.
/// Source: the same rule as Jaeger's critical path view.
package enum CriticalPath {
  /// - Parameters:
  ///   - starts, ends: absolute times by place; an end is never before its start.
  ///   - parents: place of the parent, or a negative number; parents stand before their children.
  ///   - origin: subtracted from the result.
  /// - Returns: by place, ascending ranges relative to `origin`.
  package static func parts(starts: [Int64], ends: [Int64], parents: [Int], origin: Int64) -> [[TimeRange]] {
    var children: [[Int]] = Array(repeating: [], count: starts.count)
    var roots: [Int] = []
    for (place, parent) in parents.enumerated() {
      if parent >= 0, parent < place { children[parent].append(place) } else { roots.append(place) }
    }
    var parts: [[TimeRange]] = Array(repeating: [], count: starts.count)
    // The root that ends last decides the trace; roots beside it (missing parents) are walked only if they do not overlap it.
    var until = Int64.max
    var work: [(place: Int, until: Int64)] = []
    for root in roots.sorted(by: { (ends[$0], -$0) > (ends[$1], -$1) }) where ends[root] <= until {
      work.append((root, ends[root]))
      until = starts[root]
    }
    while let (place, limit) = work.popLast() {
      var cursor = min(limit, ends[place])
      for child in children[place].sorted(by: { (ends[$0], $0) > (ends[$1], $1) }) {
        let end = min(ends[child], cursor)
        guard starts[child] < end, ends[child] <= cursor || starts[child] < cursor else { continue }
        if end < cursor { parts[place].append(relative(end, cursor, origin)) }
        work.append((child, end))
        cursor = max(starts[child], starts[place])
        if cursor <= starts[place] { break }
      }
      if cursor > starts[place] { parts[place].append(relative(starts[place], cursor, origin)) }
      parts[place].reverse()
    }
    return parts
  }

  private static func relative(_ start: Int64, _ end: Int64, _ origin: Int64) -> TimeRange {
    TimeRange(start: start &- origin, end: end &- origin)
  }
}

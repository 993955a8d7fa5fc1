package import TelemetryModel

/// The shape of one trace: its spans in depth-first order, with the parts on the critical path.
///
/// Clocks and senders may be wrong in any way: spans that end before they start, parents that are missing, parents that
/// form a ring, ids that come twice. Each span appears exactly once, after its parent when it has one here.
package struct TraceSkeleton: Sendable {
  /// Parent index of a root.
  package static let root = -1
  /// Parent index of a span whose parent is not in the trace.
  package static let missing = -2
  /// Most spans that are shown.
  package static let spanLimit = 50_000

  package let spans: SpanTable
  /// Rows of `spans` in depth-first order; children by start.
  package let order: [Int]
  /// By place in `order`: the place of the parent, `root` or `missing`.
  package let parent: [Int]
  package let depth: [Int]
  /// By place in `order`: the parts on the critical path, relative to the trace's start; empty when none.
  package let critical: [[TimeRange]]
  /// Earliest start.
  package let start: Int64
  /// From the earliest start to the latest end.
  package let duration: Int64
  /// Parents that spans name and that are not here, in id order.
  package let missingParents: [SpanID]
  /// How many spans the trace has, also beyond `spanLimit`.
  package let totalCount: Int

  package init(_ table: SpanTable, spanLimit: Int = TraceSkeleton.spanLimit) {
    spans = table
    totalCount = table.count
    let rows = TraceSkeleton.kept(table, limit: spanLimit)
    var first: [SpanID: Int] = [:]
    for row in rows where first[table.spanIDs[row]] == nil { first[table.spanIDs[row]] = row }
    let parents = TraceSkeleton.parents(table, rows: rows, first: first)
    var children: [Int: [Int]] = [:]
    var tops: [Int] = []
    for row in rows {
      if let parent = parents[row] { children[parent, default: []].append(row) } else { tops.append(row) }
    }
    let byStart: (Int, Int) -> Bool = { left, right in
      (table.starts[left], table.spanIDs[left].value, left) < (table.starts[right], table.spanIDs[right].value, right)
    }
    var order: [Int] = []
    var place: [Int: Int] = [:]
    var parent: [Int] = []
    var depth: [Int] = []
    var missing: Set<SpanID> = []
    var stack = tops.sorted(by: byStart).reversed().map { ($0, 0) }
    while let (row, level) = stack.popLast() {
      place[row] = order.count
      order.append(row)
      depth.append(level)
      if let above = parents[row] {
        parent.append(place[above] ?? TraceSkeleton.root)
      } else {
        let id = table.parents[row]
        let isMissing = !id.isZero && first[id] == nil
        if isMissing { missing.insert(id) }
        parent.append(isMissing ? TraceSkeleton.missing : TraceSkeleton.root)
      }
      for child in (children[row] ?? []).sorted(by: byStart).reversed() { stack.append((child, level + 1)) }
    }
    let begin = rows.map { table.starts[$0] }.min() ?? 0
    let end = rows.map { SpanInterval.end(table.starts[$0], table.durations[$0]) }.max() ?? begin
    let (length, overflow) = end.subtractingReportingOverflow(begin)
    self.order = order
    self.parent = parent
    self.depth = depth
    start = begin
    duration = overflow ? .max : max(0, length)
    missingParents = missing.sorted()
    critical = CriticalPath.parts(
      starts: order.map { table.starts[$0] },
      ends: order.map { SpanInterval.end(table.starts[$0], table.durations[$0]) },
      parents: parent, origin: begin)
  }

  /// All rows, or those that say most when there are too many: errors and roots first, then the earliest.
  private static func kept(_ table: SpanTable, limit: Int) -> [Int] {
    let rows = Array(0..<table.count)
    guard table.count > limit else { return rows }
    let ranked = rows.sorted { left, right in
      func rank(_ row: Int) -> Int {
        table.parents[row].isZero ? 0 : table.statuses[row] == StatusCode.error.rawValue ? 1 : 2
      }
      return (rank(left), table.starts[left], left) < (rank(right), table.starts[right], right)
    }
    return ranked.prefix(limit).sorted()
  }

  /// The parent row of each row that has one; rings are cut at the span where the walk meets itself.
  private static func parents(_ table: SpanTable, rows: [Int], first: [SpanID: Int]) -> [Int: Int] {
    var parents: [Int: Int] = [:]
    for row in rows {
      let id = table.parents[row]
      if !id.isZero, let above = first[id], above != row { parents[row] = above }
    }
    var settled: Set<Int> = []
    for row in rows.sorted(by: { (table.starts[$0], $0) < (table.starts[$1], $1) }) {
      var walked: Set<Int> = []
      var path: [Int] = []
      var current = row
      while !settled.contains(current), walked.insert(current).inserted {
        path.append(current)
        guard let above = parents[current] else { break }
        current = above
      }
      if !settled.contains(current), parents[current] != nil, walked.contains(current) {
        // The walk came back to `current`: its earliest member becomes a root.
        let ring = path.drop { $0 != current }
        let top = ring.min { (table.starts[$0], $0) < (table.starts[$1], $1) } ?? current
        parents[top] = nil
      }
      settled.formUnion(path)
    }
    return parents
  }
}

/// Ends of spans, whatever their clocks say.
package enum SpanInterval {
  /// The end, never before the start and never past the greatest time.
  package static func end(_ start: Int64, _ duration: Int64) -> Int64 {
    let (end, overflow) = start.addingReportingOverflow(max(0, duration))
    return overflow ? .max : end
  }
}

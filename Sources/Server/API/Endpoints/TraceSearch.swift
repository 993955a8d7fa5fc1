import Insight
import QueryCore
import TelemetryModel
import TelemetryStore

/// Finds the newest traces with a span that matches, and sums each up over all its spans.
struct TraceSearch: Sendable {
  /// Traces that are looked at when the slowest are asked for.
  static let candidateLimit = 1_000
  /// Traces that are summed up in one scan.
  static let batchSize = 50
  /// How far the spans of a trace may lie from those that matched, in nanoseconds.
  static let reach: Int64 = 3_600_000_000_000

  let store: any TelemetryStore
  let range: TimeRange
  let predicate: Predicate
  let limit: Int

  /// Trace ids by their newest span that matches.
  struct Candidates: Sendable {
    var ids: [TraceID] = []
    /// Time of the span that was found first.
    var times: [TraceID: Int64] = [:]
    var isCut = false
    var statistics = QueryStatistics()
  }

  func candidates(_ board: StatisticsBoard) async throws -> Candidates {
    let scan = try await store.scan(
      ScanRequest(signal: .spans, timeRange: range, predicate: predicate, projection: .fields([Field.traceID])))
    var found = Candidates()
    search: while let event = try await scan.next() {
      try Task.checkCancellation()
      board.post(scan.statistics)
      guard case .rows(let batch) = event else { continue }
      let table = SpanTable(batch)
      for row in 0..<table.count where found.times[table.traceIDs[row]] == nil {
        if found.ids.count == limit {
          found.isCut = true
          break search
        }
        found.ids.append(table.traceIDs[row])
        found.times[table.traceIDs[row]] = table.starts[row]
      }
    }
    found.statistics = scan.statistics
    return found
  }

  /// Sums up the traces of `ids`, in their order.
  func summaries(
    _ ids: [TraceID], around times: [TraceID: Int64]
  ) async throws -> (summaries: [TraceSummary], statistics: QueryStatistics) {
    let seen = ids.compactMap { times[$0] }
    let first = (seen.min() ?? range.start).subtractingReportingOverflow(TraceSearch.reach)
    let last = SpanInterval.end(seen.max() ?? range.end, TraceSearch.reach)
    let around = TimeRange(start: first.overflow ? .min : first.partialValue, end: last)
    let scan = try await store.scan(
      ScanRequest(
        signal: .spans, timeRange: around, predicate: .traceIDs(ids),
        projection: .fields([
          Field.traceID, Field.spanID, Field.parentSpanID, Field.name, Field.duration, Field.status, Field.kind,
        ]), order: .stored))
    var table = SpanTable()
    while let event = try await scan.next() { if case .rows(let batch) = event { table.append(batch) } }
    var statistics = scan.statistics
    var matched: [TraceID: Int] = [:]
    if predicate == .all {
      for row in 0..<table.count where range.contains(table.starts[row]) {
        matched[table.traceIDs[row], default: 0] += 1
      }
    } else {
      let matching = try await store.scan(
        ScanRequest(
          signal: .spans, timeRange: range, predicate: .and([.traceIDs(ids), predicate]),
          projection: .fields([Field.traceID]),
          order: .stored))
      while let event = try await matching.next() {
        guard case .rows(let batch) = event else { continue }
        for id in SpanTable(batch).traceIDs { matched[id, default: 0] += 1 }
      }
      statistics.add(matching.statistics)
    }
    return (TraceSummary.summaries(table, ids: ids, matched: matched), statistics)
  }
}

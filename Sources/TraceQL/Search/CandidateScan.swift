internal import TelemetryModel
internal import TelemetryStore

/// The traces that have a span that matches, in the order of their newest one; read on as more are asked for.
///
/// Traces whose newest spans start at the same nanosecond come in the order of their ids, so that the order is the same
/// however the spans are stored.
struct CandidateScan {
  let stream: ScanStream
  private var seen: Set<TraceID> = []
  private var ready: [TraceID] = []
  private var sameTime: [TraceID] = []
  private var time: Int64?
  private(set) var hasEnded = false

  init(_ engine: TraceQLEngine, _ predicate: Predicate, range: TimeRange) async throws(TraceQLError) {
    do throws(StoreFailure) {
      stream = try await engine.store.scan(
        ScanRequest(
          signal: .spans, timeRange: range, predicate: predicate, projection: .fields([Field.traceID]),
          order: .newestFirst))
    } catch {
      throw TraceQLError(error)
    }
  }

  var statistics: QueryStatistics { stream.statistics }

  /// The next traces; fewer than `count` at the end.
  mutating func next(_ count: Int, _ memory: inout QueryMemory) async throws(TraceQLError) -> [TraceID] {
    while ready.count < count, !hasEnded {
      let event: ScanStream.Event?
      do throws(StoreFailure) { event = try await stream.next() } catch { throw TraceQLError(error) }
      switch event {
      case nil:
        hasEnded = true
        release()
      case .progress: continue
      case .rows(let batch):
        let before = seen.count
        absorb(batch)
        // A set entry and a queue entry of 16 bytes each, and the set's spare room.
        try memory.charge((seen.count - before) * 48, for: "the ids of candidate traces")
      }
    }
    let taken = Array(ready.prefix(count))
    ready.removeFirst(taken.count)
    return taken
  }

  private mutating func absorb(_ batch: RecordBatch) {
    let times = batch.times
    for (row, id) in TraceTable.traceIDs(batch).enumerated() where row < times.count {
      if times[row] != time {
        release()
        time = times[row]
      }
      if seen.insert(id).inserted { sameTime.append(id) }
    }
  }

  private mutating func release() {
    ready += sameTime.sorted()
    sameTime = []
  }
}

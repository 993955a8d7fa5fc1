internal import TelemetryModel
package import TelemetryStore

/// Answers checked queries over a store.
///
/// A trace is always evaluated whole, whatever blocks and times its spans are in, so that an answer never depends on where
/// they are stored. Cancelling the surrounding task ends a query at the next batch.
package struct TraceQLEngine: Sendable {
  let store: any TelemetryStore
  /// Bytes of spans that one query may hold above the store.
  let memoryLimit: Int

  package init(_ store: any TelemetryStore, memoryLimit: Int = 256 << 20) {
    self.store = store
    self.memoryLimit = memoryLimit
  }

  /// Parses and checks a query.
  package static func query(_ text: String) throws(TraceQLError) -> TraceQLQuery {
    let query = try TraceQLParser.parse(text)
    try TraceQLChecker.check(query)
    return query
  }

  func checkCancellation() throws(TraceQLError) {
    if Task.isCancelled { throw .store(.cancelled) }
  }

  /// The rows of a scan as one batch.
  ///
  /// - Parameter operation: what the memory error names.
  func rows(
    _ request: ScanRequest, _ memory: inout QueryMemory, for operation: String
  ) async throws(TraceQLError) -> (batch: RecordBatch, statistics: QueryStatistics) {
    do throws(StoreFailure) {
      let stream = try await store.scan(request)
      var batches: [RecordBatch] = []
      var bytes = 0
      while let event = try await stream.next() {
        guard case .rows(let batch) = event else { continue }
        bytes += batch.byteCount
        if let failure = memory.failure(adding: bytes, for: operation) { throw failure }
        batches.append(batch)
      }
      let empty = RecordBatch(signal: .spans, rowCount: 0, columns: [])
      return (batches.isEmpty ? empty : RecordBatch.concatenated(batches), stream.statistics)
    } catch {
      throw TraceQLError(error)
    }
  }

  /// Whole traces, in the order of their ids.
  func traces(
    _ ids: [TraceID], fields: [FieldReference], _ memory: inout QueryMemory, _ statistics: inout QueryStatistics
  ) async throws(TraceQLError) -> TraceTable {
    let needed = TraceTable.structureFields + fields.filter { !TraceTable.structureFields.contains($0) }
    let found = try await rows(
      ScanRequest(
        signal: .spans, timeRange: .all, predicate: .traceIDs(ids), projection: .fields(needed), order: .stored),
      &memory, for: "spans of \(ids.count) traces")
    statistics.add(found.statistics)
    return TraceTable(found.batch, ids: ids)
  }
}

/// What a query holds above the store.
struct QueryMemory {
  let limit: Int
  private(set) var used = 0

  init(limit: Int) { self.limit = limit }

  /// The error when so many bytes more are too many.
  func failure(adding bytes: Int, for operation: String) -> StoreFailure? {
    used + bytes > limit ? .memoryExhausted(operation: operation, limitBytes: limit) : nil
  }

  /// Takes bytes that stay until the query ends.
  mutating func charge(_ bytes: Int, for operation: String) throws(TraceQLError) {
    if let failure = failure(adding: bytes, for: operation) { throw TraceQLError(failure) }
    used += bytes
  }
}

extension TraceQLError {
  /// What the store said, in the words of queries where there are some.
  init(_ failure: StoreFailure) {
    switch failure {
    case .memoryExhausted(let operation, let limit): self = .memoryExhausted(operation: operation, limitBytes: limit)
    case .invalid(let why): self = .evaluation(why)
    case .overloaded, .diskFull, .unavailable, .cancelled: self = .store(failure)
    }
  }
}

package import TelemetryModel
package import TelemetryStore

extension LogQLEngine {
  /// The lines of a log query, the newest or the oldest first.
  ///
  /// - Parameters:
  ///   - range: half open, as Loki's: the start belongs to it, the end does not.
  ///   - lineLimit: at most this many lines.
  ///   - began: is told of the scan, so that its statistics can be looked at while the query is under way.
  ///   - found: is told the lines as they are found, in the order of the answer.
  package func lines(
    _ selection: LogSelection, range: TimeRange, direction: LineDirection, lineLimit: Int,
    began: @Sendable (ScanStream) -> Void = { _ in }, found report: @Sendable ([LogLine]) -> Void = { _ in }
  ) async throws(LogQLError) -> (lines: [LogLine], statistics: QueryStatistics) {
    let catalogue = try await catalogue(range)
    let lowered = LoweredSelection(selection, catalogue: catalogue, demand: .all)
    let limit = min(max(lineLimit, 0), limits.lines)
    if lowered.predicate == .nothing || range.isEmpty || limit == 0 { return ([], QueryStatistics()) }
    let needs = RowNeeds(lowered, demand: .all, returnsLine: true)
    let pipeline = try RowPipeline(lowered, demand: .all)
    let request = ScanRequest(
      signal: .logs, timeRange: range, predicate: lowered.predicate, projection: needs.projection(catalogue),
      order: direction == .backward ? .newestFirst : .oldestFirst, rowLimit: lowered.isExact ? limit : nil)
    var streamLabels = StreamLabels(needs.labels)
    var memory = MemoryMeter(limits)
    var lines: [LogLine] = []
    let scan = try await scan(request, operation: "the log query")
    began(scan)
    while lines.count < limit, let batch = try await nextBatch(scan, operation: "the log query") {
      let found = try LogQLEngine.lines(batch, needs, pipeline, &streamLabels, limit: limit - lines.count)
      for line in found { try memory.take(line.line.utf8.count + 256, for: "the log query") }
      lines += found
      report(found)
    }
    return (lines, scan.statistics)
  }

  /// Looks now and then, by the number of a row, whether the task was cancelled.
  static func checkCancellation(row: Int) throws(LogQLError) {
    if row & 255 == 0, Task.isCancelled { throw .cancelled }
  }

  /// Begins a scan.
  func scan(_ request: ScanRequest, operation: String) async throws(LogQLError) -> ScanStream {
    do throws(StoreFailure) {
      return try await store.scan(request)
    } catch {
      throw LogQLError(error, operation: operation)
    }
  }

  /// The next rows of a scan; nil at its end.
  func nextBatch(_ scan: ScanStream, operation: String) async throws(LogQLError) -> RecordBatch? {
    do throws(StoreFailure) {
      while let event = try await scan.next() {
        if Task.isCancelled { throw .cancelled }
        if case .rows(let batch) = event { return batch }
      }
      return nil
    } catch {
      throw LogQLError(error, operation: operation)
    }
  }

  private static func lines(
    _ batch: RecordBatch, _ needs: RowNeeds, _ pipeline: RowPipeline, _ streamLabels: inout StreamLabels, limit: Int
  ) throws(LogQLError) -> [LogLine] {
    var rows = BatchRows(batch, needs: needs, streamLabels: &streamLabels)
    var lines: [LogLine] = []
    for index in 0..<rows.count where lines.count < limit {
      try checkCancellation(row: index)
      var row = rows.row(index)
      if pipeline.process(&row) { lines.append(LogLine(row)) }
    }
    return lines
  }
}

extension LogLine {
  /// A row at the end of its pipeline; labels that report failures count as parsed.
  init(_ row: PipelineRow) {
    var sets: [[LabelSet.Label]] = [[], [], []]
    for entry in row.labels.entries {
      sets[Int(entry.category.rawValue)].append(LabelSet.Label(entry.name, entry.value))
    }
    if let error = row.labels.error { sets[2].append(LabelSet.Label(RowLabels.errorName, error)) }
    if let details = row.labels.errorDetails { sets[2].append(LabelSet.Label(RowLabels.errorDetailsName, details)) }
    self.init(
      time: row.time, line: String(decoding: row.line, as: UTF8.self), stream: LabelSet(sets[0]),
      metadata: LabelSet(sets[1]), parsed: LabelSet(sets[2]))
  }
}

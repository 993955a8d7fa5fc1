package import TelemetryModel

/// A log query over rows as they come in.
package struct LogQLTail: Sendable {
  private let pipeline: RowPipeline
  private let needs: RowNeeds

  package init(_ selection: LogSelection) throws(LogQLError) {
    let lowered = LoweredSelection(rowByRow: selection)
    pipeline = try RowPipeline(lowered, demand: .all)
    needs = RowNeeds(lowered, demand: .all, returnsLine: true)
  }

  /// The lines of a batch that the query keeps, in the order of its rows.
  package func lines(_ batch: RecordBatch) -> [LogLine] {
    var streamLabels = StreamLabels(needs.labels)
    var rows = BatchRows(batch, needs: needs, streamLabels: &streamLabels)
    var lines: [LogLine] = []
    for index in 0..<rows.count {
      var row = rows.row(index)
      if pipeline.process(&row) { lines.append(LogLine(row)) }
    }
    return lines
  }
}

import TelemetryEncoding
import TelemetryModel

/// Reads one part whole and compares what it says of itself with what it holds.
///
/// Checksums find bytes that changed; this also finds what was written wrongly: zone maps that leave a value out, counts that
/// are not the rows', rows out of order.
struct PartCheck {
  private let reader: PartReader
  /// The last key and time of the blocks before.
  private var lastCode: UInt32 = 0
  private var lastTime = Int64.min
  private var lastTrace: TraceID?
  private var lastTraceStart = Int64.min
  private var seenTraces: Set<TraceID> = []

  private init(_ reader: PartReader) { self.reader = reader }

  /// What is wrong, in words.
  ///
  /// - Parameter pace: called between blocks; throws to end the check.
  /// - Throws: `.damaged`, `.unknownEncoding` or what the file system says, for what cannot be read at all.
  static func findings(
    in reader: PartReader, entry: PartEntry, pace: () throws(StorageError) -> Void
  ) throws(StorageError) -> [String] {
    try reader.verify()
    var check = PartCheck(reader)
    var findings = check.compare(entry)
    for (number, block) in reader.blocks.enumerated() {
      try pace()
      let batch = try block.read(.everything).batch
      findings += check.check(block, batch).map { "block \(number): " + $0 }
    }
    return findings
  }

  private func compare(_ entry: PartEntry) -> [String] {
    let summary = reader.summary
    var findings: [String] = []
    if UInt64(summary.rowCount) != entry.rowCount {
      findings.append("\(summary.rowCount) rows, but the manifest says \(entry.rowCount)")
    }
    if UInt64(summary.byteCount) != entry.byteCount {
      findings.append("\(summary.byteCount) bytes, but the manifest says \(entry.byteCount)")
    }
    if summary.timeFirst != entry.timeFirst || summary.timeLast != entry.timeLast {
      findings.append("other times than the manifest says")
    }
    if summary.signal != entry.signal { findings.append("a part of \(summary.signal.name)") }
    for time in [summary.timeFirst, summary.timeLast] where UTCDay.date(UTCDay.number(of: time)) != entry.day {
      findings.append("rows of another day")
      break
    }
    return findings
  }

  private mutating func check(_ block: any BlockSource, _ batch: RecordBatch) -> [String] {
    var findings: [String] = []
    let times = batch.times
    guard times.count == block.rowCount, let first = times.min(), let last = times.max() else {
      return ["rows without a time"]
    }
    if first != block.timeFirst || last != block.timeLast { findings.append("the index has other times") }
    if first < reader.summary.timeFirst || last > reader.summary.timeLast {
      findings.append("rows outside of the part's times")
    }
    for column in batch.columns {
      guard case .int64(let values) = column.values, let bounds = block.bounds(of: column.key) else { continue }
      if values.min() != bounds.lowerBound || values.max() != bounds.upperBound {
        findings.append("the zone map of \(FieldReference(column.key.scope, column.key.name).text) is wrong")
      }
    }
    if !isOrdered(batch, times) { findings.append("rows are out of order") }
    if let missing = missingTrace(block, batch) {
      findings.append("the trace filter does not hold \(missing)")
    }
    return findings
  }

  private mutating func isOrdered(_ batch: RecordBatch, _ times: [Int64]) -> Bool {
    if batch.signal == .spans { return isOrderedByTrace(batch, times) }
    let codes = batch.signal == .metrics ? batch.seriesCodes : batch.resourceCodes
    for (row, time) in times.enumerated() {
      let code = row < codes.count ? codes[row] : 0
      if code < lastCode || (code == lastCode && time < lastTime) { return false }
      (lastCode, lastTime) = (code, time)
    }
    return true
  }

  private mutating func isOrderedByTrace(_ batch: RecordBatch, _ times: [Int64]) -> Bool {
    let column = batch.column(ColumnKey(Field.traceID, .traceID))
    for (row, time) in times.enumerated() {
      var trace = TraceID.zero
      if let column, case .traceIDs(let ids) = column.values, let index = column.index(ofRow: row) {
        trace = ids[index]
      }
      if trace == lastTrace {
        if time < lastTime { return false }
      } else {
        if time < lastTraceStart || !seenTraces.insert(trace).inserted { return false }
        lastTraceStart = time
      }
      (lastTrace, lastTime) = (trace, time)
    }
    return true
  }

  private func missingTrace(_ block: any BlockSource, _ batch: RecordBatch) -> TraceID? {
    for column in batch.columns where column.key == ColumnKey(Field.traceID, .traceID) {
      guard case .traceIDs(let ids) = column.values else { continue }
      if let missing = ids.first(where: { !$0.isZero && !block.mayContain($0) }) { return missing }
    }
    return nil
  }
}

import QueryCore
import TelemetryModel
import TelemetryStore

/// The lines of one stream around one log record.
///
/// A stream is a resource: the records before and after come from the same one. Lines more than a day away are not
/// looked for.
struct LogSurroundings {
  typealias Line = (batch: RecordBatch, row: Int)

  let store: any TelemetryStore
  let id: LogID
  let before: Int
  let after: Int

  private static let reach: Int64 = 86_400_000_000_000
  /// Records of one nanosecond that are looked through.
  private static let tieLimit = 10_000

  /// The lines in time order; nil when no record has the id.
  func load() async throws -> (before: [Line], record: Line, after: [Line])? {
    let (next, overflow) = id.time.addingReportingOverflow(1)
    guard !overflow else { return nil }
    let ties = try await lines(TimeRange(start: id.time, end: next), .all, .oldestFirst, LogSurroundings.tieLimit)
    guard let place = ties.firstIndex(where: matches), let resource = ties[place].batch.resource(ofRow: ties[place].row)
    else {
      return nil
    }
    let stream = LogSurroundings.predicate(resource)
    let isSame = { (line: Line) in line.batch.resource(ofRow: line.row) == resource }
    let tiesBefore = Array(ties[..<place].filter(isSame).suffix(before))
    let tiesAfter = Array(ties[(place + 1)...].filter(isSame).prefix(after))
    let start = id.time.subtractingReportingOverflow(LogSurroundings.reach)
    let end = id.time.addingReportingOverflow(LogSurroundings.reach)
    let earlier = try await lines(
      TimeRange(start: start.overflow ? .min : start.partialValue, end: id.time), stream, .newestFirst,
      before - tiesBefore.count)
    let later = try await lines(
      TimeRange(start: next, end: end.overflow ? .max : end.partialValue), stream, .oldestFirst, after - tiesAfter.count
    )
    return (earlier.reversed() + tiesBefore, ties[place], tiesAfter + later)
  }

  private func matches(_ line: Line) -> Bool {
    var identity = LogIdentity(line.batch)
    return identity.hash(line.row) == id.hash
  }

  private func lines(
    _ range: TimeRange, _ predicate: Predicate, _ order: ScanOrder, _ limit: Int
  ) async throws -> [Line] {
    guard limit > 0, !range.isEmpty else { return [] }
    let scan = try await store.scan(
      ScanRequest(signal: .logs, timeRange: range, predicate: predicate, order: order, rowLimit: limit))
    var lines: [Line] = []
    while let event = try await scan.next() {
      guard case .rows(let batch) = event else { continue }
      for row in 0..<min(batch.rowCount, limit - lines.count) { lines.append((batch, row)) }
    }
    return lines
  }

  /// Rows of exactly this resource, as far as its values can be compared.
  private static func predicate(_ resource: Resource) -> Predicate {
    let parts: [Predicate] = resource.attributes.attributes.compactMap { attribute in
      switch attribute.value {
      case .string, .int, .double, .bool: .equals(FieldReference(.resource, attribute.key), attribute.value)
      default: nil
      }
    }
    return .all(of: parts)
  }
}

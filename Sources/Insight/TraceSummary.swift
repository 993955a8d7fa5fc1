package import TelemetryModel

/// One trace in a list.
package struct TraceSummary: Sendable {
  package struct Service: Sendable, Hashable {
    package let name: String
    package var spans: Int
    package var errors: Int
  }

  package let traceID: TraceID
  package let start: Int64
  package let duration: Int64
  package let rootService: String
  package let rootName: String
  /// The span shown as root is not one: its parent is missing.
  package let rootMissing: Bool
  package let spans: Int
  package let errors: Int
  /// Most spans first.
  package let services: [Service]
  package let matched: Int

  /// The traces of a table of whole traces, in the order of `ids`.
  package static func summaries(_ table: SpanTable, ids: [TraceID], matched: [TraceID: Int]) -> [TraceSummary] {
    var rows: [TraceID: [Int]] = [:]
    for row in 0..<table.count { rows[table.traceIDs[row], default: []].append(row) }
    return ids.compactMap { id in
      rows[id].flatMap { summary(table, id: id, rows: $0, matched: matched[id] ?? 0) }
    }
  }

  private static func summary(_ table: SpanTable, id: TraceID, rows: [Int], matched: Int) -> TraceSummary? {
    guard let earliest = rows.min(by: { (table.starts[$0], $0) < (table.starts[$1], $1) }) else { return nil }
    let roots = rows.filter { table.parents[$0].isZero }
    let root = roots.min { (table.starts[$0], $0) < (table.starts[$1], $1) }
    let shown = root ?? earliest
    var services: [Int: Service] = [:]
    var errors = 0
    for row in rows {
      let isError = table.statuses[row] == StatusCode.error.rawValue
      let code = table.serviceCodes[row]
      services[code, default: Service(name: table.services[code], spans: 0, errors: 0)].spans += 1
      if isError {
        errors += 1
        services[code]?.errors += 1
      }
    }
    let start = table.starts[earliest]
    let end = rows.map { SpanInterval.end(table.starts[$0], table.durations[$0]) }.max() ?? start
    let (length, overflow) = end.subtractingReportingOverflow(start)
    return TraceSummary(
      traceID: id, start: start, duration: overflow ? .max : length,
      rootService: table.services[table.serviceCodes[shown]], rootName: table.names[table.nameCodes[shown]],
      rootMissing: root == nil, spans: rows.count, errors: errors,
      services: services.values.sorted { ($1.spans, $0.name) < ($0.spans, $1.name) }, matched: matched)
  }
}

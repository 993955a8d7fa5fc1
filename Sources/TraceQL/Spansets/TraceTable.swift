internal import TelemetryModel

/// Whole traces in columns: the spans that a scan returned, by trace, and the values of attributes, decoded when asked.
///
/// One owner; not shared between tasks.
final class TraceTable {
  /// The spans of one trace.
  struct Trace {
    let id: TraceID
    /// Rows of the table by start time.
    let rows: [Int]
  }

  let batch: RecordBatch
  let traces: [Trace]
  let starts: [Int64]
  let durations: [Int64]
  let spanIDs: [SpanID]
  let parentIDs: [SpanID]
  private var columns: [Attribute: [Static]] = [:]
  private var structures: [TraceStructure?]

  /// What a scan must return so that structure and identity of spans can be told.
  static let structureFields = [
    Field.traceID, Field.spanID, Field.parentSpanID, Field.name, Field.duration, Field.status, Field.kind,
  ]

  /// - Parameter ids: the order of the traces; spans of other traces are left out. Nil: every row is a trace of its own,
  ///   for questions that look at one span at a time.
  init(_ batch: RecordBatch, ids: [TraceID]?) {
    self.batch = batch
    starts = TraceTable.integers(batch, Field.time)
    durations = TraceTable.integers(batch, Field.duration)
    spanIDs = TraceTable.spanIDs(batch, Field.spanID)
    parentIDs = TraceTable.spanIDs(batch, Field.parentSpanID)
    if let ids {
      let traceIDs = TraceTable.traceIDs(batch)
      var rows: [TraceID: [Int]] = [:]
      for (row, id) in traceIDs.enumerated() { rows[id, default: []].append(row) }
      let starts = starts
      traces = ids.compactMap { id in
        rows[id].map { rows in Trace(id: id, rows: rows.sorted { (starts[$0], $0) < (starts[$1], $1) }) }
      }
    } else {
      traces = []
    }
    structures = Array(repeating: nil, count: traces.count)
  }

  var rowCount: Int { batch.rowCount }

  /// How the spans of a trace hang together; indices are places in its `rows`.
  func structure(of trace: Int) -> TraceStructure {
    if let known = structures[trace] { return known }
    let rows = traces[trace].rows
    let structure = TraceStructure(
      spanIDs: rows.map { spanIDs[$0] }, parentIDs: rows.map { parentIDs[$0] }, starts: rows.map { starts[$0] },
      durations: rows.map { durations[$0] })
    structures[trace] = structure
    return structure
  }

  /// The value of an attribute for each row.
  func values(of attribute: Attribute) -> [Static] {
    if let known = columns[attribute] { return known }
    let values = decoded(attribute)
    columns[attribute] = values
    return values
  }

  private func decoded(_ attribute: Attribute) -> [Static] {
    switch attribute {
    case .ofParent: return [Static](repeating: .nothing, count: rowCount)
    case .named(.event, let name): return childValues(.event, .event, name, perChild: nil)
    case .named(.link, let name): return childValues(.link, .link, name, perChild: nil)
    case .named(.span, let name): return stored(.record, name).map { $0 ?? .nothing }
    case .named(.resource, let name): return resourceValues(name).map { $0 ?? .nothing }
    case .named(.instrumentation, let name):
      return scopeValues { $0.attributes[name].map(Static.init) }.map { $0 ?? .nothing }
    case .named(.any, let name):
      let own = stored(.record, name)
      let ofResource = resourceValues(name)
      let ofScope = scopeValues { $0.attributes[name].map(Static.init) }
      return (0..<rowCount).map { own[$0] ?? ofResource[$0] ?? ofScope[$0] ?? .nothing }
    case .intrinsic(let intrinsic):
      return intrinsic.isOfTrace ? traceValues(intrinsic) : spanValues(intrinsic)
    }
  }

  private func spanValues(_ intrinsic: Intrinsic) -> [Static] {
    switch intrinsic {
    case .duration: return durations.map { .duration($0) }
    case .name: return stored(.intrinsic, Field.name.key).map { $0 ?? .string("") }
    case .statusMessage: return stored(.intrinsic, Field.statusMessage.key).map { $0 ?? .string("") }
    case .kind:
      return TraceTable.integers(batch, Field.kind).map { .kind(SpanKind(rawValue: $0) ?? .unspecified) }
    case .status:
      return TraceTable.integers(batch, Field.status).map { .status(StatusCode(rawValue: $0) ?? .unset) }
    case .traceID: return TraceTable.traceIDs(batch).map { .string($0.description) }
    case .spanID: return spanIDs.map { .string($0.description) }
    case .parentSpanID: return parentIDs.map { .string($0.isZero ? "" : $0.description) }
    case .instrumentationName: return scopeValues { .string($0.name) }.map { $0 ?? .string("") }
    case .instrumentationVersion: return scopeValues { .string($0.version) }.map { $0 ?? .string("") }
    case .eventName: return childValues(.event, .intrinsic, Field.name.key) { _, value in value ?? .string("") }
    case .eventTimeSinceStart:
      return childValues(.event, .intrinsic, Field.time.key) { [starts] row, value in
        guard case .int(let time)? = value else { return .nothing }
        let (elapsed, overflow) = time.subtractingReportingOverflow(starts[row])
        return overflow ? .nothing : .duration(elapsed)
      }
    case .linkTraceID: return childIDs(Field.traceID)
    case .linkSpanID: return childIDs(Field.spanID)
    default: return [Static](repeating: .nothing, count: rowCount)
    }
  }

  private func traceValues(_ intrinsic: Intrinsic) -> [Static] {
    var values = [Static](repeating: .nothing, count: rowCount)
    let names = self.values(of: .intrinsic(.name))
    for (index, trace) in traces.enumerated() {
      let structure = structure(of: index)
      for (place, row) in trace.rows.enumerated() {
        switch intrinsic {
        case .childCount: values[row] = .int(Int64(structure.childCounts[place]))
        case .nestedSetLeft: values[row] = .int(structure.nestedSets[place].left)
        case .nestedSetRight: values[row] = .int(structure.nestedSets[place].right)
        case .nestedSetParent: values[row] = .int(structure.nestedSets[place].parent)
        case .traceDuration: values[row] = .duration(structure.duration)
        case .rootName: if let root = structure.root { values[row] = names[trace.rows[root]] }
        case .rootServiceName: if let root = structure.root { values[row] = .string(serviceName(trace.rows[root])) }
        default: continue
        }
      }
    }
    return values
  }

  /// The service of a row.
  func serviceName(_ row: Int) -> String { batch.resource(ofRow: row)?.serviceName ?? "unknown_service" }
}

package import TelemetryModel

/// The columns of spans that structure questions need, dense and aligned by row.
package struct SpanTable: Sendable {
  package private(set) var traceIDs: [TraceID] = []
  package private(set) var spanIDs: [SpanID] = []
  /// Zero where a span has no parent.
  package private(set) var parents: [SpanID] = []
  package private(set) var starts: [Int64] = []
  /// Nanoseconds; may be negative.
  package private(set) var durations: [Int64] = []
  package private(set) var kinds: [Int64] = []
  package private(set) var statuses: [Int64] = []
  /// Codes into `names`.
  package private(set) var nameCodes: [Int] = []
  package private(set) var names: [String] = []
  /// Codes into `services`.
  package private(set) var serviceCodes: [Int] = []
  package private(set) var services: [String] = []
  package private(set) var eventCounts: [Int] = []
  package private(set) var linkCounts: [Int] = []
  private var nameIndex: [String: Int] = [:]
  private var serviceIndex: [String: Int] = [:]

  package init() {}

  package init(_ batch: RecordBatch) { append(batch) }

  package var count: Int { starts.count }

  /// Adds the rows of a batch of spans.
  package mutating func append(_ batch: RecordBatch) {
    let rows = batch.rowCount
    traceIDs += SpanTable.traces(batch, rows)
    spanIDs += SpanTable.spans(batch, Field.spanID, rows)
    parents += SpanTable.spans(batch, Field.parentSpanID, rows)
    starts += SpanTable.integers(batch, Field.time, rows)
    durations += SpanTable.integers(batch, Field.duration, rows)
    kinds += SpanTable.integers(batch, Field.kind, rows)
    statuses += SpanTable.integers(batch, Field.status, rows)
    appendNames(batch, rows)
    let codes = batch.resources.map { code(of: $0.serviceName, in: &services, &serviceIndex) }
    let unknown = batch.resourceCodes.count < rows ? code(of: "unknown_service", in: &services, &serviceIndex) : 0
    for row in 0..<rows {
      serviceCodes.append(row < batch.resourceCodes.count ? codes[Int(batch.resourceCodes[row])] : unknown)
    }
    eventCounts += SpanTable.children(batch, .event, rows)
    linkCounts += SpanTable.children(batch, .link, rows)
  }

  private func code(of text: String, in texts: inout [String], _ index: inout [String: Int]) -> Int {
    if let known = index[text] { return known }
    index[text] = texts.count
    texts.append(text)
    return texts.count - 1
  }

  private mutating func appendNames(_ batch: RecordBatch, _ rows: Int) {
    let unnamed = code(of: "", in: &names, &nameIndex)
    let first = nameCodes.count
    nameCodes += Array(repeating: unnamed, count: rows)
    guard let column = batch.column(ColumnKey(Field.name, .string)) else { return }
    var translated: [Int] = []
    if case .dictionary(_, let distinct) = column.values {
      translated = (0..<distinct.count).map {
        code(of: String(decoding: distinct[$0], as: UTF8.self), in: &names, &nameIndex)
      }
    }
    for index in 0..<column.values.count {
      let row = column.rows.map { Int($0[index]) } ?? index
      guard row < rows else { continue }
      switch column.values {
      case .dictionary(let codes, _): nameCodes[first + row] = translated[Int(codes[index])]
      case .bytes(let values):
        nameCodes[first + row] = code(of: String(decoding: values[index], as: UTF8.self), in: &names, &nameIndex)
      default: break
      }
    }
  }

  private static func integers(_ batch: RecordBatch, _ field: FieldReference, _ rows: Int) -> [Int64] {
    var result = [Int64](repeating: 0, count: rows)
    guard let column = batch.column(ColumnKey(field, .int)), case .int64(let values) = column.values else {
      return result
    }
    for (index, value) in values.enumerated() {
      let row = column.rows.map { Int($0[index]) } ?? index
      if row < rows { result[row] = value }
    }
    return result
  }

  private static func spans(_ batch: RecordBatch, _ field: FieldReference, _ rows: Int) -> [SpanID] {
    var result = [SpanID](repeating: .zero, count: rows)
    guard let column = batch.column(ColumnKey(field, .spanID)), case .spanIDs(let values) = column.values else {
      return result
    }
    for (index, value) in values.enumerated() {
      let row = column.rows.map { Int($0[index]) } ?? index
      if row < rows { result[row] = value }
    }
    return result
  }

  private static func traces(_ batch: RecordBatch, _ rows: Int) -> [TraceID] {
    var result = [TraceID](repeating: .zero, count: rows)
    guard let column = batch.column(ColumnKey(Field.traceID, .traceID)), case .traceIDs(let values) = column.values
    else {
      return result
    }
    for (index, value) in values.enumerated() {
      let row = column.rows.map { Int($0[index]) } ?? index
      if row < rows { result[row] = value }
    }
    return result
  }

  private static func children(_ batch: RecordBatch, _ kind: ChildKind, _ rows: Int) -> [Int] {
    var result = [Int](repeating: 0, count: rows)
    for parent in batch.child(kind)?.parentRows ?? [] where Int(parent) < rows { result[Int(parent)] += 1 }
    return result
  }
}

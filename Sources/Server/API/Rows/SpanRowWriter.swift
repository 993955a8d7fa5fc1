import Insight
import TelemetryModel

/// Writes whole spans as JSON rows, straight from the columns of a batch.
struct SpanRowWriter {
  private let batch: RecordBatch
  private let shown: ShownFields
  private let table: SpanTable
  private var parts: RowParts
  private var intrinsics: [(key: [UInt8], cursor: ColumnCursor)]
  private let events: ChildRows?
  private let links: ChildRows?

  private static let order: [FieldReference] = [
    Field.statusMessage, Field.traceState, Field.flags, Field.droppedAttributesCount, Field.droppedEventsCount,
    Field.droppedLinksCount, Field.truncatedValuesCount,
  ]

  init(_ batch: RecordBatch, shown: ShownFields) {
    self.batch = batch
    self.shown = shown
    table = SpanTable(batch)
    parts = RowParts(batch, shown: shown)
    intrinsics = SpanRowWriter.order.filter { shown.shows($0) }.flatMap { field in
      batch.columns(scope: .intrinsic, name: field.key).map { (Array("\"\(field.key)\":".utf8), ColumnCursor($0)) }
    }
    events = shown.isEverything ? batch.child(.event).map { ChildRows($0, attributes: .event) } : nil
    links = shown.isEverything ? batch.child(.link).map { ChildRows($0, attributes: .link) } : nil
  }

  /// Writes one row. Rows are written in ascending order.
  mutating func write(_ row: Int, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("trace_id")
    writer.traceID(table.traceIDs[row])
    writer.key("span_id")
    writer.spanID(table.spanIDs[row])
    if !table.parents[row].isZero, shown.shows(Field.parentSpanID) {
      writer.key("parent_span_id")
      writer.spanID(table.parents[row])
    }
    if shown.shows(Field.name) {
      writer.member("name", string: table.names[table.nameCodes[row]])
    }
    if shown.shows(Field.kind) {
      writer.member("kind", string: (SpanKind(rawValue: table.kinds[row]) ?? .unspecified).name)
    }
    if shown.shows(Field.serviceName) {
      writer.member("service", string: table.services[table.serviceCodes[row]])
    }
    writer.member("start", time: table.starts[row])
    writer.key("end")
    let (end, overflow) = table.starts[row].addingReportingOverflow(table.durations[row])
    writer.time(overflow ? .max : end)
    writer.member("duration", integer: table.durations[row])
    if shown.shows(Field.status) {
      writer.member("status", string: (StatusCode(rawValue: table.statuses[row]) ?? .unset).name)
    }
    for index in intrinsics.indices {
      guard let value = intrinsics[index].cursor.index(row) else { continue }
      writer.member(intrinsics[index].key)
      writer.value(of: intrinsics[index].cursor.column, at: value)
    }
    parts.writeAttributes(row, to: &writer)
    parts.writeResource(row, to: &writer)
    parts.writeScope(row, to: &writer)
    if shown.isEverything {
      writer.key("events")
      ChildRows.write(events, row, to: &writer)
      writer.key("links")
      ChildRows.write(links, row, to: &writer)
    }
    writer.endObject()
  }
}

/// Writes the events or links of a span.
struct ChildRows {
  private let table: ChildTable
  private let intrinsics: [Column]
  private let attributes: [Column]

  init(_ table: ChildTable, attributes scope: FieldScope) {
    self.table = table
    intrinsics = table.columns.filter { $0.key.scope == .intrinsic }
    attributes = table.columns.filter { $0.key.scope == scope }.sorted { $0.key.name < $1.key.name }
  }

  static func write(_ rows: ChildRows?, _ parent: Int, to writer: inout JSONWriter) {
    writer.beginArray()
    if let rows {
      for child in rows.table.children(ofRow: parent) { rows.write(child, to: &writer) }
    }
    writer.endArray()
  }

  private func write(_ child: Int, to writer: inout JSONWriter) {
    writer.beginObject()
    for column in intrinsics {
      guard let index = column.index(ofRow: child) else { continue }
      writer.key(column.key.name)
      if column.key.name == Field.time.key, case .int64(let times) = column.values {
        writer.time(times[index])
      } else {
        writer.value(of: column, at: index)
      }
    }
    writer.key("attributes")
    writer.beginObject()
    for column in attributes {
      guard let index = column.index(ofRow: child) else { continue }
      writer.key(column.key.name)
      writer.value(of: column, at: index)
    }
    writer.endObject()
    writer.endObject()
  }
}

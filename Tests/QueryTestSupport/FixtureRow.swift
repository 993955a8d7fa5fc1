package import TelemetryModel

/// One row of a fixture, written by hand.
package struct FixtureRow: Sendable {
  package var resource: Resource
  package var scope = InstrumentationScope()
  package var intrinsics: [FieldReference: AttributeValue]
  package var attributes: [Attribute] = []
  package var traceID: TraceID?
  package var spanID: SpanID?
  package var parent: SpanID?
  /// Names of events of a span.
  package var events: [String] = []

  package init(service: String, time: Int64, resource extra: [Attribute] = []) {
    resource = Resource(attributes: AttributeSet([Attribute("service.name", .string(service))] + extra))
    intrinsics = [Field.time: .int(time)]
  }

  package static func log(
    _ service: String, _ time: Int64, _ body: String, severity: Int64 = 9, _ attributes: [Attribute] = []
  ) -> FixtureRow {
    var row = FixtureRow(service: service, time: time)
    row.intrinsics[Field.body] = .string(body)
    row.intrinsics[Field.severity] = .int(severity)
    row.attributes = attributes
    return row
  }

  package static func span(
    _ service: String, _ name: String, trace: UInt64, id: UInt64, parent: UInt64 = 0, start: Int64, duration: Int64,
    kind: SpanKind = .server, isError: Bool = false, _ attributes: [Attribute] = []
  ) -> FixtureRow {
    var row = FixtureRow(
      service: service, time: start,
      resource: [
        Attribute("service.version", .string("1.2")), Attribute("service.instance.id", .string(service + "-1")),
      ])
    row.intrinsics[Field.name] = .string(name)
    row.intrinsics[Field.duration] = .int(duration)
    row.intrinsics[Field.kind] = .int(kind.rawValue)
    if isError { row.intrinsics[Field.status] = .int(2) }
    row.traceID = TraceID(high: 1, low: trace)
    row.spanID = SpanID(id)
    if parent != 0 { row.parent = SpanID(parent) }
    row.attributes = attributes
    return row
  }

  /// The rows as one batch, every column sparse.
  package static func batch(_ signal: Signal, _ rows: [FixtureRow]) -> RecordBatch {
    var cells: [ColumnKey: [(UInt32, AttributeValue)]] = [:]
    for (index, row) in rows.enumerated() {
      for (field, value) in row.intrinsics {
        cells[ColumnKey(field, value.type), default: []].append((UInt32(index), value))
      }
      for attribute in row.attributes {
        cells[ColumnKey(.record, attribute.key, attribute.value.type), default: []].append(
          (UInt32(index), attribute.value))
      }
    }
    var columns = cells.map { key, cells in
      let isDense = cells.count == rows.count
      return Column(key, rows: isDense ? nil : cells.map(\.0), values: values(cells.map(\.1), type: key.type))
    }
    let traces = rows.enumerated().compactMap { entry in entry.element.traceID.map { (UInt32(entry.offset), $0) } }
    if !traces.isEmpty {
      columns.append(
        Column(ColumnKey(Field.traceID, .traceID), rows: traces.map(\.0), values: .traceIDs(traces.map(\.1))))
    }
    for (field, ids) in [(Field.spanID, rows.map(\.spanID)), (Field.parentSpanID, rows.map(\.parent))] {
      let present = ids.enumerated().compactMap { entry in entry.element.map { (UInt32(entry.offset), $0) } }
      if present.isEmpty { continue }
      columns.append(Column(ColumnKey(field, .spanID), rows: present.map(\.0), values: .spanIDs(present.map(\.1))))
    }
    let resources = rows.map(\.resource)
    let events = rows.enumerated().flatMap { entry in entry.element.events.map { (UInt32(entry.offset), $0) } }
    let children =
      events.isEmpty
      ? []
      : [
        ChildTable(
          kind: .event, parentRows: events.map(\.0),
          columns: [Column(ColumnKey(Field.name, .string), values: .bytes(BytesColumn(events.map(\.1))))])
      ]
    return RecordBatch(
      signal: signal, rowCount: rows.count, columns: columns, resources: resources,
      resourceCodes: rows.indices.map { UInt32($0) },
      scopes: rows.map(\.scope), scopeCodes: rows.indices.map { UInt32($0) }, children: children)
  }

  private static func values(_ values: [AttributeValue], type: ValueType) -> ColumnValues {
    switch type {
    case .int, .bool:
      return .int64(
        values.map { value in
          switch value {
          case .int(let number): number
          case .bool(let flag): flag ? 1 : 0
          default: 0
          }
        })
    case .double:
      return .double(values.map { if case .double(let number) = $0 { number } else { 0 } })
    default:
      var column = BytesColumn()
      for value in values {
        switch value {
        case .string(let text): column.append(Array(text.utf8))
        case .bytes(let bytes): column.append(bytes)
        case .empty: column.append([UInt8]())
        default: column.append(ValueEncoding.encode(value))
        }
      }
      return .bytes(column)
    }
  }
}

import TelemetryModel

/// One whole span, row by row: what the encoders of traces read.
struct SpanRecord {
  struct Event {
    var time: Int64 = 0
    var name = ""
    var attributes: [Attribute] = []
    var droppedAttributes: Int64 = 0
  }

  struct Link {
    var traceID = TraceID.zero
    var spanID = SpanID.zero
    var traceState = ""
    var flags: Int64 = 0
    var attributes: [Attribute] = []
    var droppedAttributes: Int64 = 0
  }

  let traceID: TraceID
  let spanID: SpanID
  let parentID: SpanID
  let name: String
  let kind: Int64
  let start: Int64
  let duration: Int64
  let status: Int64
  let statusMessage: String
  let traceState: String
  let flags: Int64
  let droppedAttributes: Int64
  let droppedEvents: Int64
  let droppedLinks: Int64
  let attributes: [Attribute]
  let events: [Event]
  let links: [Link]

  /// Never before the start, never past the greatest time.
  var end: Int64 {
    let (end, overflow) = start.addingReportingOverflow(max(0, duration))
    return overflow ? .max : end
  }
}

/// The spans of a batch with the resources and scopes they came from.
struct SpanRecords {
  /// Rows of one resource and scope, in the batch's order.
  struct Group {
    let resource: Resource
    let scope: InstrumentationScope
    let rows: [Int]
  }

  private let batch: RecordBatch
  private let attributes: [Column]

  init(_ batch: RecordBatch) {
    self.batch = batch
    attributes = batch.columns.filter { $0.key.scope == .record }.sorted { $0.key.name < $1.key.name }
  }

  /// Rows by resource, then by scope, each in the order of first sight.
  var groups: [Group] {
    struct Key: Hashable {
      let resource: UInt32?
      let scope: UInt32?
    }
    var order: [Key] = []
    var rows: [Key: [Int]] = [:]
    for row in 0..<batch.rowCount {
      let key = Key(
        resource: row < batch.resourceCodes.count ? batch.resourceCodes[row] : nil,
        scope: row < batch.scopeCodes.count ? batch.scopeCodes[row] : nil)
      if rows[key] == nil { order.append(key) }
      rows[key, default: []].append(row)
    }
    var resourceOrder: [UInt32?: Int] = [:]
    for key in order where resourceOrder[key.resource] == nil { resourceOrder[key.resource] = resourceOrder.count }
    let ranks = order.enumerated().map { (rank: resourceOrder[$0.element.resource] ?? 0, place: $0.offset) }
    return ranks.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.map { rank in
      let key = order[rank.place]
      return Group(
        resource: key.resource.map { batch.resources[Int($0)] } ?? Resource(attributes: .none),
        scope: key.scope.map { batch.scopes[Int($0)] } ?? InstrumentationScope(), rows: rows[key] ?? [])
    }
  }

  func record(_ row: Int) -> SpanRecord {
    let columns = batch.columns
    func integer(_ field: FieldReference) -> Int64 { SpanRecords.integer(columns, field, row) }
    func text(_ field: FieldReference) -> String { SpanRecords.text(columns, field, row) }
    return SpanRecord(
      traceID: SpanRecords.traceID(columns, row), spanID: SpanRecords.spanID(columns, Field.spanID, row),
      parentID: SpanRecords.spanID(columns, Field.parentSpanID, row), name: text(Field.name),
      kind: integer(Field.kind), start: integer(Field.time), duration: integer(Field.duration),
      status: integer(Field.status), statusMessage: text(Field.statusMessage), traceState: text(Field.traceState),
      flags: integer(Field.flags), droppedAttributes: integer(Field.droppedAttributesCount),
      droppedEvents: integer(Field.droppedEventsCount), droppedLinks: integer(Field.droppedLinksCount),
      attributes: attributes.compactMap { column in
        column.value(atRow: row).map { Attribute(column.key.name, $0) }
      }, events: events(row), links: links(row))
  }

  private func events(_ row: Int) -> [SpanRecord.Event] {
    guard let table = batch.child(.event) else { return [] }
    return table.children(ofRow: row).map { child in
      SpanRecord.Event(
        time: SpanRecords.integer(table.columns, Field.time, child),
        name: SpanRecords.text(table.columns, Field.name, child),
        attributes: SpanRecords.attributes(table.columns, .event, child),
        droppedAttributes: SpanRecords.integer(table.columns, Field.droppedAttributesCount, child))
    }
  }

  private func links(_ row: Int) -> [SpanRecord.Link] {
    guard let table = batch.child(.link) else { return [] }
    return table.children(ofRow: row).map { child in
      SpanRecord.Link(
        traceID: SpanRecords.traceID(table.columns, child),
        spanID: SpanRecords.spanID(table.columns, Field.spanID, child),
        traceState: SpanRecords.text(table.columns, Field.traceState, child),
        flags: SpanRecords.integer(table.columns, Field.flags, child),
        attributes: SpanRecords.attributes(table.columns, .link, child),
        droppedAttributes: SpanRecords.integer(table.columns, Field.droppedAttributesCount, child))
    }
  }

  // MARK: Columns

  private static func column(_ columns: [Column], _ field: FieldReference, _ type: ValueType) -> Column? {
    let key = ColumnKey(field, type)
    return columns.first { $0.key == key }
  }

  private static func integer(_ columns: [Column], _ field: FieldReference, _ row: Int) -> Int64 {
    guard case .int(let number)? = column(columns, field, .int)?.value(atRow: row) else { return 0 }
    return number
  }

  private static func text(_ columns: [Column], _ field: FieldReference, _ row: Int) -> String {
    guard case .string(let text)? = column(columns, field, .string)?.value(atRow: row) else { return "" }
    return text
  }

  private static func traceID(_ columns: [Column], _ row: Int) -> TraceID {
    guard let column = column(columns, Field.traceID, .traceID), case .traceIDs(let ids) = column.values,
      let index = column.index(ofRow: row)
    else { return .zero }
    return ids[index]
  }

  private static func spanID(_ columns: [Column], _ field: FieldReference, _ row: Int) -> SpanID {
    guard let column = column(columns, field, .spanID), case .spanIDs(let ids) = column.values,
      let index = column.index(ofRow: row)
    else { return .zero }
    return ids[index]
  }

  private static func attributes(_ columns: [Column], _ scope: FieldScope, _ row: Int) -> [Attribute] {
    columns.filter { $0.key.scope == scope }.sorted { $0.key.name < $1.key.name }.compactMap { column in
      column.value(atRow: row).map { Attribute(column.key.name, $0) }
    }
  }
}

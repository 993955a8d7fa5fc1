import TelemetryModel
import TelemetryWire

/// OTLP messages for the tests, written field by field.
enum OTLPBodies {
  /// The time of receipt in the tests, and a time of records near it.
  static let receivedAt: Int64 = 1_700_000_000_000_000_000
  static let time = UInt64(receivedAt) - 1_000_000_000

  static let traceID: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
  static let spanID: [UInt8] = [17, 18, 19, 20, 21, 22, 23, 24]

  /// `AnyValue`.
  static func value(_ value: AttributeValue) -> [UInt8] {
    ProtobufWriter { writer in
      switch value {
      case .empty: break
      case .string(let text): writer.string(1, text)
      case .bool(let flag): writer.varint(2, flag ? 1 : 0)
      case .int(let number): writer.varint(3, UInt64(bitPattern: number))
      case .double(let number): writer.double(4, number)
      case .array(let items): writer.message(5) { array in for item in items { array.content(1, Self.value(item)) } }
      case .map(let entries): writer.message(6) { map in for entry in entries { map.content(1, keyValue(entry)) } }
      case .bytes(let content): writer.content(7, content)
      }
    }.bytes
  }

  /// `KeyValue`.
  static func keyValue(_ attribute: Attribute) -> [UInt8] {
    ProtobufWriter { writer in
      writer.string(1, attribute.key)
      writer.content(2, value(attribute.value))
    }.bytes
  }

  static func attributes(_ writer: inout ProtobufWriter, _ number: Int, _ attributes: [Attribute]) {
    for attribute in attributes { writer.content(number, keyValue(attribute)) }
  }

  /// A request of one resource and one scope whose records, spans or metrics are `records`.
  static func request(
    service: String = "checkout", scope: String = "library", schema: String = "", records: [[UInt8]]
  ) -> [UInt8] {
    ProtobufWriter { request in
      request.message(1) { group in
        group.message(1) { attributes(&$0, 1, [Attribute("service.name", .string(service))]) }
        group.message(2) { inner in
          inner.message(1) { $0.string(1, scope) }
          for record in records { inner.content(2, record) }
          if !schema.isEmpty { inner.string(3, schema) }
        }
        if !schema.isEmpty { group.string(3, schema) }
      }
    }.bytes
  }

  /// A log record with a time, a text body and attributes.
  static func log(_ body: String = "hello", time: UInt64 = time, _ list: [Attribute] = []) -> [UInt8] {
    ProtobufWriter { writer in
      writer.fixed64(1, time)
      writer.content(5, value(.string(body)))
      attributes(&writer, 6, list)
    }.bytes
  }

  /// A span with ids, name and times.
  static func span(
    traceID: [UInt8] = traceID, spanID: [UInt8] = spanID, _ more: (inout ProtobufWriter) -> Void = { _ in }
  )
    -> [UInt8]
  {
    ProtobufWriter { writer in
      writer.content(1, traceID)
      writer.content(2, spanID)
      writer.string(5, "GET /")
      writer.fixed64(7, time)
      writer.fixed64(8, time + 5_000_000)
      more(&writer)
    }.bytes
  }

  /// A gauge with one integer point.
  static func gauge(_ name: String = "queue.size", _ number: Int64 = 7, _ list: [Attribute] = []) -> [UInt8] {
    ProtobufWriter { metric in
      metric.string(1, name)
      metric.message(5) { gauge in
        gauge.message(1) { point in
          point.fixed64(3, time)
          point.fixed64(6, UInt64(bitPattern: number))
          attributes(&point, 7, list)
        }
      }
    }.bytes
  }
}

extension BodyDecoder {
  /// Decodes with the tests' time of receipt.
  func decode(
    _ body: [UInt8], _ kind: BodyKind, _ encoding: ContentEncoding = .identity, limits: IngestLimits = IngestLimits()
  ) throws(WireError) -> DecodedBody {
    try decode(body, kind: kind, contentEncoding: encoding, limits: limits, receivedAt: OTLPBodies.receivedAt)
  }
}

extension DecodedBody {
  /// How often a reason was counted.
  func count(_ reason: String, _ action: LedgerAction? = nil) -> Int {
    ledger.filter { $0.reason == reason && (action == nil || $0.action == action) }.reduce(0) { $0 + $1.count }
  }
}

extension RecordBatch {
  /// The value of an intrinsic field, of whatever type.
  func value(_ field: FieldReference, row: Int = 0) -> AttributeValue? {
    columns(scope: field.scope, name: field.key).lazy.compactMap { $0.value(atRow: row) }.first
  }

  /// The value of a record attribute, of whatever type.
  func attribute(_ key: String, row: Int = 0) -> AttributeValue? { value(FieldReference(.record, key), row: row) }

  /// How many columns have a value of the record attribute in the row.
  func attributeCount(_ key: String, row: Int = 0) -> Int {
    columns(scope: .record, name: key).filter { $0.index(ofRow: row) != nil }.count
  }

  /// Facts that every batch must keep; nil when they hold.
  var brokenInvariant: String? {
    for column in columns {
      if let fault = column.fault(rowCount: rowCount) { return fault }
    }
    if Set(columns.map(\.key)).count != columns.count { return "two columns of one key" }
    if signal == .metrics {
      if seriesCodes.count != rowCount { return "series codes" }
      if seriesCodes.contains(where: { Int($0) >= series.count }) { return "series code beyond its table" }
    } else {
      if resourceCodes.count != rowCount || scopeCodes.count != rowCount { return "codes" }
      if resourceCodes.contains(where: { Int($0) >= resources.count }) { return "resource code beyond its table" }
      if scopeCodes.contains(where: { Int($0) >= scopes.count }) { return "scope code beyond its table" }
    }
    if rowCount > 0, times.count != rowCount { return "a row without time" }
    for child in children {
      if zip(child.parentRows, child.parentRows.dropFirst()).contains(where: { $0 > $1 }) { return "parents descend" }
      if child.parentRows.contains(where: { Int($0) >= rowCount }) { return "parent beyond the rows" }
      for column in child.columns {
        if let fault = column.fault(rowCount: child.rowCount) { return "child: \(fault)" }
      }
    }
    return nil
  }
}

extension Column {
  /// What is wrong with the column of a table of `rowCount` rows; nil when nothing is.
  func fault(rowCount: Int) -> String? {
    if let rows {
      if rows.count != values.count { return "\(key): rows and values differ" }
      if rows.count == rowCount { return "\(key): dense with rows" }
      if zip(rows, rows.dropFirst()).contains(where: { $0 >= $1 }) { return "\(key): rows do not ascend" }
      if rows.contains(where: { Int($0) >= rowCount }) { return "\(key): row beyond the table" }
    } else if values.count != rowCount {
      return "\(key): dense with \(values.count) values for \(rowCount) rows"
    }
    if case .bytes(let content) = values {
      if Int(content.endOffsets.last ?? 0) != content.arena.count { return "\(key): offsets" }
      if key.type == .string, String(validating: content.arena, as: UTF8.self) == nil { return "\(key): not UTF-8" }
    }
    return nil
  }
}

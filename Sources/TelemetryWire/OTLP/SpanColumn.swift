import TelemetryModel

/// The intrinsic columns of spans, in the order of their builders.
enum SpanColumn {
  static let time = 0
  static let duration = 1
  static let traceID = 2
  static let spanID = 3
  static let parentSpanID = 4
  static let name = 5
  static let kind = 6
  static let status = 7
  static let statusMessage = 8
  static let traceState = 9
  static let flags = 10
  static let droppedAttributes = 11
  static let droppedEvents = 12
  static let droppedLinks = 13
  static let truncatedValues = 14

  static let keys: [ColumnKey] = [
    ColumnKey(Field.time, .int), ColumnKey(Field.duration, .int), ColumnKey(Field.traceID, .traceID),
    ColumnKey(Field.spanID, .spanID), ColumnKey(Field.parentSpanID, .spanID), ColumnKey(Field.name, .string),
    ColumnKey(Field.kind, .int), ColumnKey(Field.status, .int), ColumnKey(Field.statusMessage, .string),
    ColumnKey(Field.traceState, .string), ColumnKey(Field.flags, .int), ColumnKey(Field.droppedAttributesCount, .int),
    ColumnKey(Field.droppedEventsCount, .int), ColumnKey(Field.droppedLinksCount, .int),
    ColumnKey(Field.truncatedValuesCount, .int),
  ]
}

/// The intrinsic columns of span events.
enum EventColumn {
  static let time = 0
  static let name = 1
  static let droppedAttributes = 2

  static let keys: [ColumnKey] = [
    ColumnKey(Field.time, .int), ColumnKey(Field.name, .string), ColumnKey(Field.droppedAttributesCount, .int),
  ]
}

/// The intrinsic columns of span links.
enum LinkColumn {
  static let traceID = 0
  static let spanID = 1
  static let traceState = 2
  static let flags = 3
  static let droppedAttributes = 4

  static let keys: [ColumnKey] = [
    ColumnKey(Field.traceID, .traceID), ColumnKey(Field.spanID, .spanID), ColumnKey(Field.traceState, .string),
    ColumnKey(Field.flags, .int), ColumnKey(Field.droppedAttributesCount, .int),
  ]
}

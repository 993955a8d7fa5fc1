import TelemetryModel

/// The intrinsic columns of log records, in the order of their builders.
enum LogColumn {
  static let time = 0
  static let observedTime = 1
  static let severity = 2
  static let severityText = 3
  static let eventName = 4
  static let traceID = 5
  static let spanID = 6
  static let flags = 7
  static let droppedAttributes = 8
  static let truncatedValues = 9
  /// The body has a column for each type: this plus the raw value of the type.
  static let body = 10

  static let keys: [ColumnKey] =
    [
      ColumnKey(Field.time, .int), ColumnKey(Field.observedTime, .int), ColumnKey(Field.severity, .int),
      ColumnKey(Field.severityText, .string), ColumnKey(Field.eventName, .string), ColumnKey(Field.traceID, .traceID),
      ColumnKey(Field.spanID, .spanID), ColumnKey(Field.flags, .int), ColumnKey(Field.droppedAttributesCount, .int),
      ColumnKey(Field.truncatedValuesCount, .int),
    ]
    + [ValueType.empty, .string, .bool, .int, .double, .bytes, .array, .map].map { ColumnKey(Field.body, $0) }
}

import TelemetryModel

/// The intrinsic columns of data points, in the order of their builders.
enum PointColumn {
  static let time = 0
  static let startTime = 1
  static let intValue = 2
  static let doubleValue = 3
  static let flags = 4
  static let count = 5
  static let sum = 6
  static let minimum = 7
  static let maximum = 8
  static let bucketCounts = 9
  static let scale = 10
  static let zeroCount = 11
  static let zeroThreshold = 12
  static let positiveOffset = 13
  static let positiveCounts = 14
  static let negativeOffset = 15
  static let negativeCounts = 16
  static let quantiles = 17

  static let keys: [ColumnKey] = [
    ColumnKey(Field.time, .int), ColumnKey(Field.startTime, .int), ColumnKey(Field.value, .int),
    ColumnKey(Field.value, .double), ColumnKey(Field.flags, .int), ColumnKey(Field.count, .int),
    ColumnKey(Field.sum, .double), ColumnKey(Field.minimum, .double), ColumnKey(Field.maximum, .double),
    ColumnKey(Field.bucketCounts, .bytes), ColumnKey(Field.scale, .int), ColumnKey(Field.zeroCount, .int),
    ColumnKey(Field.zeroThreshold, .double), ColumnKey(Field.positiveOffset, .int),
    ColumnKey(Field.positiveCounts, .bytes), ColumnKey(Field.negativeOffset, .int),
    ColumnKey(Field.negativeCounts, .bytes), ColumnKey(Field.quantiles, .bytes),
  ]
}

/// The intrinsic columns of exemplars.
enum ExemplarColumn {
  static let time = 0
  static let intValue = 1
  static let doubleValue = 2
  static let traceID = 3
  static let spanID = 4
  static let droppedAttributes = 5
  static let truncatedValues = 6

  static let keys: [ColumnKey] = [
    ColumnKey(Field.time, .int), ColumnKey(Field.value, .int), ColumnKey(Field.value, .double),
    ColumnKey(Field.traceID, .traceID), ColumnKey(Field.spanID, .spanID),
    ColumnKey(Field.droppedAttributesCount, .int), ColumnKey(Field.truncatedValuesCount, .int),
  ]
}

import TelemetryModel

/// The intrinsic columns of remote write's samples, in the order of their builders.
enum SampleColumn {
  static let time = 0
  static let startTime = 1
  static let value = 2
  static let count = 3
  static let floatCount = 4
  static let sum = 5
  static let scale = 6
  static let zeroCount = 7
  static let floatZeroCount = 8
  static let zeroThreshold = 9
  static let positiveSpans = 10
  static let positiveCounts = 11
  static let positiveFloatCounts = 12
  static let negativeSpans = 13
  static let negativeCounts = 14
  static let negativeFloatCounts = 15
  static let customBounds = 16
  static let resetHint = 17

  static let keys: [ColumnKey] = [
    ColumnKey(Field.time, .int), ColumnKey(Field.startTime, .int), ColumnKey(Field.value, .double),
    ColumnKey(Field.count, .int), ColumnKey(Field.count, .double), ColumnKey(Field.sum, .double),
    ColumnKey(Field.scale, .int), ColumnKey(Field.zeroCount, .int), ColumnKey(Field.zeroCount, .double),
    ColumnKey(Field.zeroThreshold, .double), ColumnKey(Field.positiveSpans, .bytes),
    ColumnKey(Field.positiveCounts, .bytes), ColumnKey(Field.positiveFloatCounts, .bytes),
    ColumnKey(Field.negativeSpans, .bytes), ColumnKey(Field.negativeCounts, .bytes),
    ColumnKey(Field.negativeFloatCounts, .bytes), ColumnKey(Field.customBounds, .bytes),
    ColumnKey(Field.resetHint, .int),
  ]
}

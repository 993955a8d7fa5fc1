import TelemetryModel

/// Float samples of a gauge, a sum or an untyped series.
enum FloatRows {
  /// The samples of rows; shares the columns when every row has one and no two rows fall into one millisecond.
  static func samples(_ read: SeriesRead) -> FloatSamples {
    let values = read.columns.values
    let times = read.times
    if isPresent(values, read.rows), read.hasDistinctTimes || ascends(times[read.rows]) {
      return FloatSamples(
        times: times, values: values.numbers, range: read.rows, hasNoMarkers: values.hasNoMarkers)
    }
    var run = SampleRun()
    for row in read.rows where values.isPresent(row) { run.append(times[row], values.numbers[row]) }
    return run.samples
  }

  /// Deltas added up from the first point on, beginning with zero where the first one's interval begins, when that is not
  /// before `start`.
  static func accumulated(_ read: SeriesRead, from start: Int64) -> FloatSamples {
    let values = read.columns.values
    let times = read.times
    let startTimes = read.columns.startTimes
    var run = SampleRun()
    var total = 0.0
    var isFirst = true
    for row in read.rows where values.isPresent(row) {
      let value = values.numbers[row]
      if StaleMarker.marks(value) {
        run.append(times[row], value)
        continue
      }
      let began = startTimes[row]
      if isFirst, began != 0, began >= start, began < times[row] { run.append(began, 0) }
      isFirst = false
      total += value
      run.append(times[row], total)
    }
    return run.samples
  }

  /// Whether every row has a number.
  private static func isPresent(_ values: SampleColumns.Values, _ rows: Range<Int>) -> Bool {
    guard let isPresent = values.isPresent else { return true }
    for row in rows where !isPresent[row] { return false }
    return true
  }

  /// Whether no two times are equal and none comes before the one in front of it.
  static func ascends(_ times: ArraySlice<Int64>) -> Bool {
    guard times.count > 1 else { return true }
    let times = times.span
    var index = 1
    while index < times.count {
      if times[index] <= times[index &- 1] { return false }
      index &+= 1
    }
    return true
  }
}

/// Samples that are being put together in time order; of two in one millisecond the later one stays.
struct SampleRun {
  private var times: [Int64] = []
  private var values: [Double] = []

  mutating func append(_ time: Int64, _ value: Double) {
    if times.last == time {
      values[values.count - 1] = value
    } else {
      times.append(time)
      values.append(value)
    }
  }

  var samples: FloatSamples { FloatSamples(times: times, values: values) }
}

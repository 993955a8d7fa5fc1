import TelemetryModel

/// Float samples of a gauge, a sum or an untyped series.
enum FloatRows {
  /// The samples of rows; shares the columns when every row has one and no two rows fall into one millisecond.
  static func samples(_ read: SeriesRead) -> FloatSamples {
    let values = read.columns.values
    let times = read.columns.times
    if values.isPresent == nil, ascends(times, read.rows) {
      return FloatSamples(times: times, values: values.numbers, range: read.rows)
    }
    var run = SampleRun()
    for row in read.rows where values.isPresent(row) { run.append(times[row], values.numbers[row]) }
    return run.samples
  }

  /// Deltas added up from the first point on, beginning with zero where the first one's interval begins, when that is not
  /// before `start`.
  static func accumulated(_ read: SeriesRead, from start: Int64) -> FloatSamples {
    let values = read.columns.values
    var run = SampleRun()
    var total = 0.0
    var isFirst = true
    for row in read.rows where values.isPresent(row) {
      let value = values.numbers[row]
      if StaleMarker.marks(value) {
        run.append(read.columns.times[row], value)
        continue
      }
      let began = read.columns.startTimes[row]
      if isFirst, began != 0, began >= start, began < read.columns.times[row] { run.append(began, 0) }
      isFirst = false
      total += value
      run.append(read.columns.times[row], total)
    }
    return run.samples
  }

  static func ascends(_ times: [Int64], _ rows: Range<Int>) -> Bool {
    guard rows.count > 1 else { return true }
    for row in rows.dropFirst() where times[row] <= times[row - 1] { return false }
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

package import TelemetryModel

/// Series of metrics, and their points when asked.
package struct SeriesRequest: Sendable {
  package var tenant = "default"
  package var timeRange: TimeRange
  /// On series fields: `metric`, `unit`, resource, scope and series attributes. Value predicates match no series.
  package var predicate: Predicate
  /// Which of the series that match the predicate are wanted, where a predicate cannot say it; nil for all. Called from any
  /// thread, for most series once a request.
  package var filter: (@Sendable (Series) -> Bool)?
  /// Whether the predicate lets through everything that the filter does, so that it only serves to ask less often.
  package var isFilterExact = false
  package var order = SeriesOrder.canonical
  package var includesPoints: Bool
  /// Exemplars come with the points.
  package var includesExemplars: Bool
  /// Times come as lists that series share (`SeriesAnswer.timeLists`); the points have no column of them and no codes.
  package var sharesTimes = false
  /// Which columns the points have, besides their times. Exemplars come as `includesExemplars` says.
  package var projection: Projection
  /// Says the same when the series are known, which tell what columns are needed; nil where `projection` knows it.
  package var projectionOfSeries: (@Sendable ([Series]) -> Projection)?
  /// At most this many series (those that stand first in the order); the answer says when there are more.
  package var seriesLimit: Int?

  package init(
    timeRange: TimeRange, predicate: Predicate = .all, includesPoints: Bool = false, includesExemplars: Bool = false,
    projection: Projection = .everything, seriesLimit: Int? = nil
  ) {
    self.timeRange = timeRange
    self.predicate = predicate
    self.includesPoints = includesPoints
    self.includesExemplars = includesExemplars
    self.projection = projection
    self.seriesLimit = seriesLimit
  }
}

/// How the series of an answer are ordered.
package enum SeriesOrder: Sendable {
  /// By metric name, then by attributes: for readers.
  case canonical
  /// By the hash of their contents: the same at any time and in any process, and much cheaper.
  case byContent
  /// As they are found: for those who sort what they make of them.
  case any
}

/// The series found, and the points of all of them in one batch.
package struct SeriesAnswer: Sendable {
  /// One entry per distinct series, in the order that was asked for.
  package var series: [SeriesPoints]
  /// The points of all series, each series' in time order, one series after the other; nil when they were not asked for.
  ///
  /// `series[i].rows` are the rows of series i, in whose order the batch's table of series stands, so that the code of a
  /// row is its i. A time that a series has twice has the latest write. Exemplars are child rows.
  /// For loops: `times`, `integers(_:missing:)` and `NumberColumn` give plain arrays with one element per row.
  package var points: RecordBatch?
  /// The times that series name when the request said so: of the rows of a series, ascending, one a row.
  package var timeLists: [[Int64]] = []
  /// How many series matched, also beyond the limit.
  package var matchedCount: Int
  package var statistics: QueryStatistics

  package init(series: [SeriesPoints], points: RecordBatch?, matchedCount: Int, statistics: QueryStatistics) {
    self.series = series
    self.points = points
    self.matchedCount = matchedCount
    self.statistics = statistics
  }
}

/// One series, and where its points of the time range are.
package struct SeriesPoints: Sendable {
  package let series: Series
  /// Times of the first and last point in the range.
  package let firstTime: Int64
  package let lastTime: Int64
  /// Rows of the answer's `points`; empty when points were not asked for.
  package let rows: Range<Int>
  /// Which of the answer's lists has the times of the rows; nil when the points have a column of times.
  package let timeList: Int?

  package init(
    series: Series, firstTime: Int64, lastTime: Int64, rows: Range<Int> = 0..<0, timeList: Int? = nil
  ) {
    self.timeList = timeList
    self.series = series
    self.firstTime = firstTime
    self.lastTime = lastTime
    self.rows = rows
  }
}

/// Which fields exist.
package struct FieldKeysRequest: Sendable {
  package var tenant = "default"
  package var signal: Signal
  package var timeRange: TimeRange

  package init(signal: Signal, timeRange: TimeRange) {
    self.signal = signal
    self.timeRange = timeRange
  }
}

/// A field with its types and how many rows have it.
package struct FieldKey: Sendable, Hashable {
  package let field: FieldReference
  package let types: [ValueType]
  package let rowCount: Int

  package init(field: FieldReference, types: [ValueType], rowCount: Int) {
    self.field = field
    self.types = types
    self.rowCount = rowCount
  }
}

package struct FieldKeysAnswer: Sendable {
  /// Most frequent first.
  package var keys: [FieldKey]
  package var statistics: QueryStatistics

  package init(keys: [FieldKey], statistics: QueryStatistics) {
    self.keys = keys
    self.statistics = statistics
  }
}

/// The values of one field.
package struct FieldValuesRequest: Sendable {
  package var tenant = "default"
  package var signal: Signal
  package var field: FieldReference
  package var timeRange: TimeRange
  package var predicate: Predicate
  package var valueLimit: Int

  package init(
    signal: Signal, field: FieldReference, timeRange: TimeRange, predicate: Predicate = .all, valueLimit: Int = 100
  ) {
    self.signal = signal
    self.field = field
    self.timeRange = timeRange
    self.predicate = predicate
    self.valueLimit = valueLimit
  }
}

package struct ValueCount: Sendable, Hashable {
  package let value: AttributeValue
  package let rowCount: UInt64

  package init(value: AttributeValue, rowCount: UInt64) {
    self.value = value
    self.rowCount = rowCount
  }
}

package struct FieldValuesAnswer: Sendable {
  /// Most frequent first, at most the limit.
  package var values: [ValueCount]
  package var distinctCount: Int
  package var statistics: QueryStatistics

  package init(values: [ValueCount], distinctCount: Int, statistics: QueryStatistics) {
    self.values = values
    self.distinctCount = distinctCount
    self.statistics = statistics
  }
}

/// The spans of one trace.
package struct TraceAnswer: Sendable {
  /// Sorted by start time, whole rows; empty when the trace is unknown.
  package var spans: RecordBatch
  package var statistics: QueryStatistics

  package init(spans: RecordBatch, statistics: QueryStatistics) {
    self.spans = spans
    self.statistics = statistics
  }
}

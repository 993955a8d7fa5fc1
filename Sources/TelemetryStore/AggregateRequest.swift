package import TelemetryModel

/// Groups and aggregates over the rows of one signal.
package struct AggregateRequest: Sendable {
  package var tenant = "default"
  package var signal: Signal
  package var timeRange: TimeRange
  package var predicate: Predicate
  /// At most 16 fields; a missing field groups under nil.
  package var groupBy: [FieldReference]
  /// Rows are also grouped by time when set.
  package var timeBucket: TimeBucket?
  /// Rows are also grouped by a number's logarithmic bucket when set (heatmaps).
  package var valueBucket: ValueBucket?
  package var aggregates: [Aggregate]
  /// nil: every group is answered.
  package var leadingGroups: LeadingGroups?

  package init(
    signal: Signal, timeRange: TimeRange, predicate: Predicate = .all, groupBy: [FieldReference] = [],
    timeBucket: TimeBucket? = nil, valueBucket: ValueBucket? = nil, aggregates: [Aggregate],
    leadingGroups: LeadingGroups? = nil
  ) {
    self.signal = signal
    self.timeRange = timeRange
    self.predicate = predicate
    self.groupBy = groupBy
    self.timeBucket = timeBucket
    self.valueBucket = valueBucket
    self.aggregates = aggregates
    self.leadingGroups = leadingGroups
  }
}

/// Cuts an answer to the groups with the greatest first aggregate, which is a count; not with time or value buckets.
package struct LeadingGroups: Sendable, Hashable {
  /// How many; groups as great as the least of them come too.
  package let count: Int
  /// When a worker holds more groups than this it forgets the smaller half: counts may then be too small, and how many
  /// groups there are is an estimate. nil: counts are exact, and memory grows with the groups.
  package let heldGroupLimit: Int?

  package init(count: Int, heldGroupLimit: Int? = nil) {
    self.count = count
    self.heldGroupLimit = heldGroupLimit
  }
}

/// Buckets of equal width: bucket i covers `origin + i × width ..< origin + (i + 1) × width`.
package struct TimeBucket: Sendable, Hashable {
  /// Nanoseconds, positive.
  package let width: Int64
  package let origin: Int64

  package init(width: Int64, origin: Int64 = 0) {
    precondition(width > 0, "a time bucket has a positive width")
    self.width = width
    self.origin = origin
  }
}

/// Buckets of a positive number on a logarithmic scale: bucket i covers `base^i ..< base^(i+1)`; numbers ≤ 0 fall in
/// `Int64.min`'s bucket.
package struct ValueBucket: Sendable, Hashable {
  package let field: FieldReference
  package let base: Double

  package init(field: FieldReference, base: Double) {
    precondition(base > 1, "a value bucket's base is above one")
    self.field = field
    self.base = base
  }
}

/// One aggregate over the rows of a group.
package struct Aggregate: Sendable, Hashable {
  package enum Function: Sendable, Hashable {
    /// Rows; with a field: rows that have it.
    case count
    case sum
    case minimum
    case maximum
    /// Distinct values of the field: exact up to 4,096, then estimated.
    case distinct
    /// A mergeable histogram of a number, relative error of its quantiles ≤ 1.1 %.
    case histogram
    /// Value of the earliest and of the latest row.
    case first
    case last
  }

  package let function: Function
  package let field: FieldReference?
  /// Only rows that match count (`count if`); nil: every row of the group.
  package let filter: Predicate?

  package init(_ function: Function, of field: FieldReference? = nil, where filter: Predicate? = nil) {
    self.function = function
    self.field = field
    self.filter = filter
  }
}

/// Which group a row falls in.
package struct GroupKey: Sendable, Hashable {
  /// One per `groupBy` field; nil: the row has no such field.
  package let values: [AttributeValue?]
  /// Index of the time bucket; 0 without one.
  package let timeBucket: Int64
  /// Index of the value bucket; 0 without one.
  package let valueBucket: Int64

  package init(values: [AttributeValue?], timeBucket: Int64 = 0, valueBucket: Int64 = 0) {
    self.values = values
    self.timeBucket = timeBucket
    self.valueBucket = valueBucket
  }
}

/// Groups with their states: the unit that shards, stores and caches merge.
package struct PartialAggregates: Sendable {
  package var groups: [GroupKey: [PartialState]]
  /// Groups that the request's `leadingGroups` left out.
  package var omittedGroupCount: Int
  package var statistics: QueryStatistics

  package init(
    groups: [GroupKey: [PartialState]] = [:], omittedGroupCount: Int = 0,
    statistics: QueryStatistics = QueryStatistics()
  ) {
    self.groups = groups
    self.omittedGroupCount = omittedGroupCount
    self.statistics = statistics
  }

  package mutating func merge(_ other: PartialAggregates) {
    groups.merge(other.groups) { left, right in zip(left, right).map { $0.merged(with: $1) } }
    omittedGroupCount += other.omittedGroupCount
    statistics.add(other.statistics)
  }
}

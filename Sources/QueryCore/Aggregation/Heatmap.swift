package import TelemetryModel
package import TelemetryStore

/// A heatmap of durations: rows of a request that groups by time and by the logarithm of a number.
package struct Heatmap: Sendable {
  /// 2^(1/4): four rows per doubling, about 19 % each.
  package static let base = 1.189_207_115_002_721

  package struct Cell: Sendable, Hashable {
    package let time: Int
    package let bucket: Int64
    package let count: UInt64
    package let errors: UInt64
  }

  /// Sorted by time, then bucket.
  package let cells: [Cell]

  /// The request behind a heatmap of `field`.
  package static func request(
    signal: Signal, range: TimeRange, predicate: Predicate, field: FieldReference, axis: TimeAxis
  ) -> AggregateRequest {
    AggregateRequest(
      signal: signal, timeRange: range, predicate: predicate, timeBucket: TimeBucket(width: axis.step),
      valueBucket: ValueBucket(field: field, base: base),
      aggregates: [Aggregate(.count), Aggregate(.count, where: AggregatePlan.errors(of: signal))])
  }

  package init(_ partial: PartialAggregates, axis: TimeAxis) {
    var cells: [Cell] = []
    for (key, states) in partial.groups {
      let index = key.timeBucket.subtractingReportingOverflow(axis.firstBucket)
      guard !index.overflow, index.partialValue >= 0, index.partialValue < Int64(axis.count), states.count == 2,
        case .count(let count) = states[0], case .count(let errors) = states[1]
      else { continue }
      // Zero and negative durations stand in the row of one nanosecond.
      cells.append(Cell(time: Int(index.partialValue), bucket: max(0, key.valueBucket), count: count, errors: errors))
    }
    var merged: [Cell] = []
    for cell in cells.sorted(by: { ($0.time, $0.bucket) < ($1.time, $1.bucket) }) {
      if let last = merged.last, last.time == cell.time, last.bucket == cell.bucket {
        merged[merged.count - 1] = Cell(
          time: last.time, bucket: last.bucket, count: last.count + cell.count, errors: last.errors + cell.errors)
      } else {
        merged.append(cell)
      }
    }
    self.cells = merged
  }
}

/// The steps at which a metric query is evaluated.
package struct StepAxis: Sendable, Hashable {
  /// Nanoseconds since 1970.
  package let start: Int64
  /// Nanoseconds, positive.
  package let step: Int64
  package let count: Int

  package init(start: Int64, step: Int64, count: Int) {
    self.start = start
    self.step = step
    self.count = count
  }

  /// One time.
  package init(at time: Int64) { self.init(start: time, step: 1_000_000_000, count: 1) }

  package func time(_ index: Int) -> Int64 { start + Int64(index) * step }
}

/// One series of a metric query: a value for each step, nil where there is none.
package struct MetricSeries: Sendable, Hashable {
  package let labels: LabelSet
  package var values: [Double?]

  package init(labels: LabelSet, values: [Double?]) {
    self.labels = labels
    self.values = values
  }
}

/// What a metric query gives.
package enum MetricValue: Sendable {
  case scalar(Double)
  /// Sorted by labels, or as `sort` ordered them.
  case series([MetricSeries])
}

/// One line of an answer, its labels by origin.
package struct LogLine: Sendable, Hashable {
  package let time: Int64
  package let line: String
  package let stream: LabelSet
  package let metadata: LabelSet
  package let parsed: LabelSet

  /// All labels together.
  package var labels: LabelSet { LabelSet(stream.labels + metadata.labels + parsed.labels) }
}

/// The order of lines.
package enum LineDirection: String, Sendable, Hashable {
  case backward, forward
}

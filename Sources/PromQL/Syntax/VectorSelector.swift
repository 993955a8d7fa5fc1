/// Which samples of a range count at its borders.
package enum RangeExtension: String, Sendable {
  /// The last sample at or before the start of the range belongs to it.
  case anchored
  /// Values at the borders are interpolated.
  case smoothed
}

/// The time that `@` names.
package enum PinnedTime: Sendable, Equatable {
  /// Milliseconds since 1970.
  case at(Int64)
  /// The query's start.
  case start
  /// The query's end.
  case end
}

/// Series by name and labels, with the time at which they are read.
package struct VectorSelector: Sendable {
  /// The name before the braces, or the quoted one in them; empty when there is none.
  package var name: String
  package var matchers: [LabelMatcher]
  package var offset = DurationArgument.zero
  package var pinnedTime: PinnedTime?
  package var rangeExtension: RangeExtension?
  /// Whether only counts and sums of histograms are looked at, so that counter resets may be found on the way.
  package var readsHistogramStatistics = false
  /// The number of the selector within a prepared query.
  package var number = 0
  package var range: SourceRange

  package init(name: String, matchers: [LabelMatcher], range: SourceRange) {
    self.name = name
    self.matchers = matchers
    self.range = range
  }
}

/// A vector selector with a range.
package struct MatrixSelector: Sendable {
  package var selector: VectorSelector
  package var duration: DurationArgument
  package var range: SourceRange
}

/// An expression evaluated at the steps of a range.
package struct Subquery: Sendable {
  package var expression: Expression
  package var duration: DurationArgument
  /// Nil: the engine's own step.
  package var step: DurationArgument?
  package var offset = DurationArgument.zero
  package var pinnedTime: PinnedTime?
  package var range: SourceRange
}

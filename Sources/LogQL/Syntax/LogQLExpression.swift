/// A whole LogQL query.
package enum LogQLExpression: Sendable, Hashable {
  /// Returns lines.
  case lines(LogSelection)
  /// Returns numbers.
  case samples(SampleExpression)
}

/// A stream selector with its pipeline.
package struct LogSelection: Sendable, Hashable {
  package var matchers: [StreamMatcher]
  package var stages: [PipelineStage]

  package init(_ matchers: [StreamMatcher], _ stages: [PipelineStage] = []) {
    self.matchers = matchers
    self.stages = stages
  }

  /// The label that becomes the value; nil when lines are counted.
  package var unwrap: Unwrap? {
    for case .unwrap(let unwrap) in stages { return unwrap }
    return nil
  }
}

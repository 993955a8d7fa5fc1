/// The stages that are left for each row, ready to run.
struct RowPipeline: Sendable {
  private let matchers: [(name: String, test: TextTest)]
  private let stages: [any Stage]
  private let unwrap: UnwrapStage?
  private let filtersAfterUnwrap: [any Stage]

  /// - Parameter demand: the labels that are wanted after all stages.
  init(_ lowered: LoweredSelection, demand: LabelDemand) throws(LogQLError) {
    do throws(StageError) {
      var matchers: [(String, TextTest)] = []
      for matcher in lowered.matchers { matchers.append((matcher.name, try TextTest(matcher))) }
      self.matchers = matchers
      var stages: [any Stage] = []
      var after: [any Stage] = []
      var unwrap: UnwrapStage?
      for (index, stage) in lowered.stages.enumerated() {
        if case .unwrap(let found) = stage {
          unwrap = UnwrapStage(found)
          continue
        }
        let rest = Array(lowered.stages[(index + 1)...])
        guard let ready = try StageCompiler.stage(stage, demand: demand.before(rest)) else { continue }
        if unwrap == nil { stages.append(ready) } else { after.append(ready) }
      }
      self.stages = stages
      self.unwrap = unwrap
      filtersAfterUnwrap = after
    } catch {
      throw .evaluation(error.message)
    }
  }

  /// Runs the stages; false when the row does not pass.
  func process(_ row: inout PipelineRow) -> Bool {
    for (name, test) in matchers where !test.holds(row.labels[name] ?? "") { return false }
    for stage in stages where !stage.process(&row) { return false }
    return true
  }

  /// Runs the stages and takes the value; nil when the row gives no sample.
  ///
  /// - Parameter measure: the value where the query unwraps no label.
  func sample(_ row: inout PipelineRow, _ measure: (PipelineRow) -> Double) -> Double? {
    guard process(&row) else { return nil }
    guard let unwrap else { return measure(row) }
    guard let value = unwrap.value(&row.labels) else { return nil }
    for stage in filtersAfterUnwrap where !stage.process(&row) { return nil }
    row.labels.remove(unwrap.label)
    return value
  }
}

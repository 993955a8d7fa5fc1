import QueryCore
import TelemetryStore

/// A selection taken apart: what the store decides, and what is left for the pipeline.
struct LoweredSelection: Sendable {
  /// Holds at least for every row that the selection keeps.
  let predicate: Predicate
  /// Conditions of the selector that the predicate does not decide alone.
  let matchers: [StreamMatcher]
  /// Stages that are left; `unwrap` and what follows it included.
  let stages: [PipelineStage]
  /// For `explain`: each condition that went to the store.
  let pushedDown: [String]

  /// - Parameter demand: the labels that are wanted after all stages.
  init(_ selection: LogSelection, catalogue: LabelCatalogue, demand: LabelDemand) {
    let labels = LabelPredicate(catalogue: catalogue)
    let lines = LinePredicate(bodyTypes: catalogue.bodyTypes)
    var predicates: [Predicate] = []
    var pushedDown: [String] = []
    var matchers: [StreamMatcher] = []
    for matcher in selection.matchers {
      let condition = labels.condition(matcher)
      if condition.predicate != .all {
        predicates.append(condition.predicate)
        pushedDown.append(LogQLPrinter.text(matcher))
      }
      if !condition.isExact { matchers.append(matcher) }
    }
    var stages: [PipelineStage] = []
    var isLineStored = true
    var areLabelsStored = true
    for (index, stage) in selection.stages.enumerated() {
      var condition = LoweredCondition.unknown
      switch stage {
      case .lineFilter(let filter) where isLineStored: condition = lines.condition(filter)
      case .labelFilter(let filter) where areLabelsStored && !filter.looksAtErrors:
        condition = labels.condition(filter)
      case .json, .logfmt, .regexp, .pattern:
        // A parser whose labels nobody looks at does nothing, as in Loki not even fail.
        if demand.before(Array(selection.stages[(index + 1)...])).isEmpty { condition.isExact = true }
        areLabelsStored = false
      case .unpack, .lineFormat, .decolorize:
        isLineStored = false
        areLabelsStored = false
      case .labelFormat, .drop, .keep, .unwrap: areLabelsStored = false
      case .lineFilter, .labelFilter: break
      }
      if condition.predicate != .all {
        predicates.append(condition.predicate)
        pushedDown.append(LogQLPrinter.text(stage))
      }
      if !condition.isExact { stages.append(stage) }
    }
    predicate = .all(of: predicates)
    self.matchers = matchers
    self.stages = stages
    self.pushedDown = pushedDown
  }

  /// Whether the store's rows are the answer's rows.
  var isExact: Bool { matchers.isEmpty && stages.isEmpty }
}

extension LabelFilter {
  /// Whether it asks for failures of stages, which no stored field tells.
  fileprivate var looksAtErrors: Bool {
    names.contains(RowLabels.errorName) || names.contains(RowLabels.errorDetailsName)
  }
}

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
  /// Labels that are the line itself and nothing else, when all stages that are left do no more than set them; else nil.
  let lineLabels: [String]?
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
    var lineLabels: [String]? = []
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
      if !condition.isExact {
        stages.append(stage)
        lineLabels = isLineStored ? lineLabels.flatMap { known in stage.lineLabels.map { known + $0 } } : nil
      }
    }
    predicate = .all(of: predicates)
    self.matchers = matchers
    self.stages = stages
    self.lineLabels = lineLabels
    self.pushedDown = pushedDown
  }

  /// A selection of which the store decides nothing.
  init(rowByRow selection: LogSelection) {
    predicate = .all
    matchers = selection.matchers
    stages = selection.stages
    lineLabels = nil
    pushedDown = []
  }

  /// Whether the store's rows are the answer's rows.
  var isExact: Bool { matchers.isEmpty && stages.isEmpty }
}

extension PipelineStage {
  /// The labels of a stage that does nothing but give labels the line; nil for any other.
  fileprivate var lineLabels: [String]? {
    guard case .labelFormat(let assignments) = self else { return nil }
    var labels: [String] = []
    for assignment in assignments {
      guard case .template(let target, let text) = assignment, text == "{{__line__}}" || text == "{{ __line__ }}",
        target != RowLabels.errorName, target != RowLabels.errorDetailsName, !labels.contains(target)
      else { return nil }
      labels.append(target)
    }
    return labels
  }
}

extension LabelFilter {
  /// Whether it asks for failures of stages, which no stored field tells.
  fileprivate var looksAtErrors: Bool {
    names.contains(RowLabels.errorName) || names.contains(RowLabels.errorDetailsName)
  }
}

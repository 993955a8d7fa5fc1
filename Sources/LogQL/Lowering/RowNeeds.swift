import TelemetryModel
import TelemetryStore

/// What a pipeline looks at in a row.
struct RowNeeds: Sendable {
  /// Whether the line itself is looked at.
  var line: Bool
  /// The labels before the first stage.
  var labels: LabelDemand
  /// Whether `detected_level` is named, so that it is derived from other labels too.
  var derivesLevel: Bool

  /// - Parameters:
  ///   - demand: the labels that are wanted after all stages.
  ///   - returnsLine: whether the result needs the line or its length.
  init(_ lowered: LoweredSelection, demand: LabelDemand, returnsLine: Bool) {
    line = returnsLine || lowered.stages.contains { $0.readsLine }
    var demand = demand.before(lowered.stages)
    demand.add(lowered.matchers.map(\.name))
    derivesLevel = false
    if case .only(let names) = demand {
      derivesLevel = names.contains(DetectedLevel.name)
      // A name with the suffix comes about only when the name without it is taken.
      let bare = names.filter { $0.hasSuffix("_extracted") }.map { String($0.dropLast("_extracted".count)) }
      demand.add(bare)
      if derivesLevel { demand.add(DetectedLevel.sourceNames + ["severity_number"]) }
    } else {
      derivesLevel = (lowered.matchers.map(\.name) + lowered.stages.flatMap(\.namedLabels)).contains(DetectedLevel.name)
    }
    labels = demand
  }

  /// The columns to read.
  func projection(_ catalogue: LabelCatalogue) -> Projection {
    guard case .only(let names) = labels else { return .everything }
    var fields: [FieldReference] = line ? [Field.body] : []
    for name in names {
      guard let sources = catalogue.sources(of: name) else { return .everything }
      for source in sources where source.field.scope == .intrinsic || source.field.scope == .record {
        if !fields.contains(source.field) { fields.append(source.field) }
      }
    }
    return .fields(fields)
  }
}

extension PipelineStage {
  fileprivate var readsLine: Bool {
    switch self {
    case .lineFilter, .json, .logfmt, .regexp, .pattern, .unpack, .decolorize: return true
    case .lineFormat(let text): return text.contains("__line__")
    case .labelFormat(let assignments):
      return assignments.contains { assignment in
        if case .template(_, let text) = assignment { return text.contains("__line__") }
        return false
      }
    case .labelFilter, .drop, .keep, .unwrap: return false
    }
  }

  fileprivate var namedLabels: [String] {
    switch self {
    case .labelFilter(let filter): Array(filter.names)
    case .labelFormat(let assignments):
      assignments.compactMap { if case .rename(_, let source) = $0 { source } else { nil } }
    default: []
    }
  }
}

/// The labels that are worth making: what a result or a later stage looks at.
enum LabelDemand: Sendable, Hashable {
  case all
  case only(Set<String>)

  func wants(_ name: String) -> Bool {
    switch self {
    case .all: true
    case .only(let names): names.contains(name)
    }
  }

  /// Whether no label is wanted at all.
  var isEmpty: Bool { self == .only([]) }

  mutating func add(_ names: some Sequence<String>) {
    if case .only(let known) = self { self = .only(known.union(names)) }
  }

  /// What is wanted before `stages` run, when this is wanted after them.
  func before(_ stages: [PipelineStage]) -> LabelDemand {
    var demand = self
    for stage in stages.reversed() { demand.add(stage) }
    return demand
  }

  private mutating func add(_ stage: PipelineStage) {
    switch stage {
    case .labelFilter(let filter): add(filter.names)
    case .lineFormat(let template): add(template: template)
    case .labelFormat(let assignments):
      for assignment in assignments.reversed() {
        switch assignment {
        case .rename(let target, let source): if wants(target) || wants(source) { add([target, source]) }
        case .template(_, let template): add(template: template)
        }
      }
    case .drop(let selections), .keep(let selections):
      for case .matcher(let matcher) in selections { add([matcher.name]) }
    case .unwrap(let unwrap): add([unwrap.label])
    case .lineFilter, .json, .logfmt, .regexp, .pattern, .unpack, .decolorize: break
    }
  }

  private mutating func add(template: String) {
    guard let names = (try? Template(template))?.fieldNames else {
      self = .all
      return
    }
    add(names)
  }
}

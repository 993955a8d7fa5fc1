/// `pattern`: the captures of a pattern become labels.
struct PatternStage: Stage {
  private let pattern: LinePattern
  private let names: [String]
  private let demand: LabelDemand

  init(_ text: String, demand: LabelDemand) throws(StageError) {
    pattern = try LinePattern(text, allowsNames: true)
    names = pattern.names
    self.demand = demand
  }

  func process(_ row: inout PipelineRow) -> Bool {
    if demand.isEmpty { return true }
    for (name, text) in zip(names, pattern.captures(row.line)) {
      let label = row.labels.parsedName(name)
      if demand.wants(label) { row.labels.set(label, String(decoding: text, as: UTF8.self), .parsed) }
    }
    return true
  }
}

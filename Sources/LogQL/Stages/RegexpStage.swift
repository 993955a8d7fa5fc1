import TelemetryText

/// `regexp`: the named groups of an expression become labels; a line that does not match stays as it is.
struct RegexpStage: Stage {
  private let expression: RegularExpression
  /// The label of each group in order; nil for groups without a name.
  private let names: [String?]
  private let demand: LabelDemand

  init(_ pattern: String, demand: LabelDemand) throws(StageError) {
    if let name = RegexpStage.duplicateName(pattern) { throw StageError("duplicate extracted label name '\(name)'") }
    expression = try StageError.compile(pattern, isAnchored: false)
    names = expression.groupNames.map { $0.flatMap { LabelName.parsed($0.utf8) } }
    guard names.contains(where: { $0 != nil }) else {
      throw StageError("at least one named capture must be supplied")
    }
    self.demand = demand
  }

  /// A group name that stands twice, which RE2 reports in other words.
  private static func duplicateName(_ pattern: String) -> String? {
    var names: Set<Substring> = []
    for part in pattern.split(separator: "(?", omittingEmptySubsequences: false).dropFirst() {
      let rest = part.first == "P" ? part.dropFirst() : part
      guard rest.first == "<", let end = rest.firstIndex(of: ">") else { continue }
      let name = rest[rest.index(after: rest.startIndex)..<end]
      if !names.insert(name).inserted { return String(name) }
    }
    return nil
  }

  func process(_ row: inout PipelineRow) -> Bool {
    if demand.isEmpty { return true }
    let line = row.line
    guard let groups = expression.firstMatch(in: line.span) else { return true }
    for (name, range) in zip(names, groups.dropFirst()) {
      guard let name else { continue }
      let label = row.labels.parsedName(name)
      guard demand.wants(label) else { continue }
      let text = range.map {
        String(decoding: line[(line.startIndex + $0.lowerBound)..<(line.startIndex + $0.upperBound)], as: UTF8.self)
      }
      row.labels.set(label, text ?? "", .parsed)
    }
    return true
  }
}

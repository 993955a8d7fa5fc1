/// A binary operator between two vectors, matched by labels.
///
/// Signatures are computed once a series; each group of series that share one is then joined step by step.
struct VectorJoin {
  private let binary: BinaryExpression
  private let matching: VectorMatching
  private let operation: SampleOperation
  private let evaluator: Evaluator
  private let isSwapped: Bool
  /// The side of which a match may have many series, or the left one.
  private let many: StepMatrix
  private let one: StepMatrix
  private let fillMany: Double?
  private let fillOne: Double?
  private var result: StepMatrix
  private var targets: [Labels: Int] = [:]

  init(
    _ binary: BinaryExpression, _ matching: VectorMatching, _ operation: SampleOperation, _ left: StepMatrix,
    _ right: StepMatrix, _ evaluator: Evaluator
  ) {
    self.binary = binary
    self.matching = matching
    self.operation = operation
    self.evaluator = evaluator
    isSwapped = matching.cardinality == .oneToMany
    many = isSwapped ? right : left
    one = isSwapped ? left : right
    // As in Prometheus, `fill_left` stands for the many side, also where that is the right one.
    fillMany = matching.fillLeft
    fillOne = matching.fillRight
    result = StepMatrix(stepCount: left.stepCount)
  }

  private struct Match {
    var many: [Int] = []
    var one: [Int] = []
  }

  mutating func apply() throws(PromQLError) -> StepMatrix {
    var places: [Labels: Int] = [:]
    var signatures: [Labels] = []
    var matches: [Match] = []
    func place(_ signature: Labels) -> Int {
      if let known = places[signature] { return known }
      places[signature] = matches.count
      signatures.append(signature)
      matches.append(Match())
      return matches.count - 1
    }
    for row in 0..<many.rowCount { matches[place(many.labels[row].signature(matching))].many.append(row) }
    for row in 0..<one.rowCount { matches[place(one.labels[row].signature(matching))].one.append(row) }
    for (index, match) in matches.enumerated() {
      try evaluator.checkCancellation()
      if match.one.isEmpty, fillOne == nil || match.many.isEmpty { continue }
      if match.many.isEmpty, fillMany == nil {
        try checkOneSide(match, signatures[index])
        continue
      }
      try join(match, signatures[index])
    }
    return result.withoutEmptyRows()
  }

  /// The row of the one side that has a sample at a step.
  private func oneRow(_ match: Match, step: Int, _ signature: Labels) throws(PromQLError) -> Int? {
    var found: Int?
    for row in match.one where one.kinds[row * one.stepCount + step] != .absent {
      guard let other = found else {
        found = row
        continue
      }
      let names = [one.labels[row], one.labels[other]].sorted { $0.precedes($1) }.map(\.text)
      throw evaluator.failure(
        """
        found duplicate series for the match group \(signature.text) on the \(isSwapped ? "left" : "right") hand-side \
        of the operation: [\(names[0]), \(names[1])];many-to-many matching not allowed: matching labels must be unique \
        on one side
        """)
    }
    return found
  }

  /// Duplicates of the one side are an error also where nothing matches them.
  private func checkOneSide(_ match: Match, _ signature: Labels) throws(PromQLError) {
    guard match.one.count > 1 else { return }
    for step in 0..<one.stepCount
    where (0..<many.rowCount).contains(where: { many.kinds[$0 * many.stepCount + step] != .absent }) {
      _ = try oneRow(match, step: step, signature)
    }
  }

  private mutating func join(_ match: Match, _ signature: Labels) throws(PromQLError) {
    let stepCount = many.stepCount
    // The target rows of pairs of rows; the one side may change from step to step.
    var cells: [Int: Int] = [:]
    for step in 0..<stepCount {
      let oneRow = try oneRow(match, step: step, signature)
      var matched = 0
      var inserted: Set<Int> = []
      for manyRow in match.many where many.kinds[manyRow * stepCount + step] != .absent {
        guard oneRow != nil || fillOne != nil else { continue }
        matched += 1
        if matching.cardinality == .oneToOne, matched > 1 {
          throw evaluator.failure(
            "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)")
        }
        let base = cell(manyRow, oneRow, signature, known: &cells)
        if matching.cardinality != .oneToOne, !inserted.insert(base).inserted {
          throw evaluator.failure("multiple matches for labels: grouping labels must ensure unique matches")
        }
        try combine(
          many.sample(manyRow * stepCount + step),
          oneRow.map { one.sample($0 * stepCount + step) } ?? fillOne.map(Sample.float), base + step)
      }
      if matched == 0, let oneRow, let fillMany {
        let base = cell(nil, oneRow, signature, known: &cells)
        try combine(.float(fillMany), one.sample(oneRow * stepCount + step), base + step)
      }
    }
  }

  /// The first cell of the row that a pair of rows gives.
  private mutating func cell(_ manyRow: Int?, _ oneRow: Int?, _ signature: Labels, known: inout [Int: Int]) -> Int {
    let key = ((manyRow ?? -1) + 1) * (one.rowCount + 1) + (oneRow ?? -1) + 1
    if let base = known[key] { return base }
    let oneLabels = oneRow.map { one.labels[$0] } ?? signature
    var labels = manyRow.map { many.labels[$0] } ?? signature
    if binary.operation.changesMetric { labels = labels.withoutMetadata }
    if matching.cardinality == .oneToOne {
      labels =
        matching.isOn
        ? labels.keeping(matching.labels)
        : labels.without(matching.labels)
    }
    for name in matching.include { labels = labels.setting(name, oneLabels[name] ?? "") }
    let dropsName = binary.returnsBool || manyRow.map { many.dropsName[$0] } ?? false
    let base: Int
    if let target = targets[labels] {
      base = target
      if dropsName { result.dropsName[base / max(result.stepCount, 1)] = true }
    } else {
      base = result.addRow(labels, dropsName: dropsName)
      targets[labels] = base
    }
    known[key] = base
    return base
  }

  private mutating func combine(_ manySample: Sample?, _ oneSample: Sample?, _ cell: Int) throws(PromQLError) {
    guard let manySample, let oneSample else { return }
    let outcome =
      isSwapped ? operation.samples(oneSample, manySample) : operation.samples(manySample, oneSample)
    guard let outcome, outcome.isKept || binary.returnsBool else { return }
    guard result.kinds[cell] == .absent else {
      throw evaluator.failure("vector cannot contain metrics with the same labelset")
    }
    if binary.returnsBool {
      result.set(cell, outcome.isKept ? 1 : 0)
    } else {
      result.set(cell, outcome.sample)
    }
  }
}

/// `and`, `or` and `unless`.
struct SetOperation {
  private let operation: BinaryOperator
  private let matching: VectorMatching

  init(_ operation: BinaryOperator, _ matching: VectorMatching) {
    self.operation = operation
    self.matching = matching
  }

  func apply(_ left: StepMatrix, _ right: StepMatrix, _ evaluator: Evaluator) throws(PromQLError) -> StepMatrix {
    let stepCount = left.stepCount
    let isOr = operation == .or
    // Where a signature has a sample on the side that decides about the other.
    var isPresent: [Labels: [Bool]] = [:]
    let deciding = isOr ? left : right
    for row in 0..<deciding.rowCount {
      let signature = deciding.labels[row].signature(matching)
      var steps = isPresent.removeValue(forKey: signature) ?? Array(repeating: false, count: stepCount)
      for (step, cell) in deciding.row(row).enumerated() where deciding.kinds[cell] != .absent { steps[step] = true }
      isPresent[signature] = steps
    }
    var filtered = isOr ? right : left
    for row in 0..<filtered.rowCount {
      let steps = isPresent[filtered.labels[row].signature(matching)]
      for (step, cell) in filtered.row(row).enumerated() {
        let isMatched = steps?[step] ?? false
        if operation == .and ? !isMatched : isMatched { filtered.clear(cell) }
      }
    }
    filtered = filtered.withoutEmptyRows()
    guard isOr else { return filtered }
    var result = left
    for row in 0..<filtered.rowCount {
      let base = result.addRow(filtered.labels[row], dropsName: filtered.dropsName[row])
      for (step, cell) in filtered.row(row).enumerated() { result.copy(base + step, from: filtered, cell) }
    }
    return try evaluator.unique(result)
  }
}

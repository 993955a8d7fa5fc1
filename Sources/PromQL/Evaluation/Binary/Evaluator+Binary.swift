extension Evaluator {
  /// A binary expression over a grid.
  func binary(_ binary: BinaryExpression, _ expression: Expression, _ grid: StepGrid) throws(PromQLError) -> Value {
    let range = expression.range
    let operation = SampleOperation(operation: binary.operation) { self.annotate($0, at: range) }
    switch (try evaluate(binary.left, grid), try evaluate(binary.right, grid)) {
    case (.scalar(let left), .scalar(let right)):
      return .scalar(
        zip(left, right).map { left, right in
          let (value, isKept) = operation.floats(left, right)
          return binary.operation.isComparison ? (isKept ? 1 : 0) : value
        })
    case (.vector(let left), .vector(let right)):
      let matching = binary.matching ?? VectorMatching()
      if binary.operation.isSetOperator {
        return .vector(try SetOperation(binary.operation, matching).apply(left, right, self))
      }
      try reserve(rows: max(left.rowCount, right.rowCount), steps: grid.count, for: expression)
      var join = VectorJoin(binary, matching, operation, left, right, self)
      return .vector(try join.apply())
    case (.vector(let matrix), .scalar(let values)):
      return .vector(vector(matrix, with: values, isSwapped: false, binary, operation))
    case (.scalar(let values), .vector(let matrix)):
      return .vector(vector(matrix, with: values, isSwapped: true, binary, operation))
    default: throw PromQLError(.parse, "strings have no operators", at: range, in: query)
    }
  }

  private func vector(
    _ matrix: StepMatrix, with values: [Double], isSwapped: Bool, _ binary: BinaryExpression,
    _ operation: SampleOperation
  ) -> StepMatrix {
    var result = matrix
    let isComparison = binary.operation.isComparison
    for row in 0..<matrix.rowCount {
      if binary.operation.changesMetric || binary.returnsBool { result.dropsName[row] = true }
      for (step, cell) in matrix.row(row).enumerated() {
        switch matrix.kinds[cell] {
        case .absent: break
        case .float where binary.operation != .trimLower && binary.operation != .trimUpper:
          let sample = matrix.values[cell]
          let (value, isKept) =
            isSwapped ? operation.floats(values[step], sample) : operation.floats(sample, values[step])
          if binary.returnsBool {
            result.values[cell] = isKept ? 1 : 0
          } else if !isComparison {
            result.values[cell] = value
          } else if !isKept {
            result.clear(cell)
          }
        default:
          guard let sample = matrix.sample(cell) else { continue }
          let number = Sample.float(values[step])
          let outcome = isSwapped ? operation.samples(number, sample) : operation.samples(sample, number)
          if let outcome, outcome.isKept { result.set(cell, outcome.sample) } else { result.clear(cell) }
        }
      }
    }
    return result.withoutEmptyRows()
  }
}

extension Labels {
  /// What two series must share to be matched.
  func signature(_ matching: VectorMatching) -> Labels {
    matching.isOn ? keeping(matching.labels) : self.matching(ignoring: matching.labels)
  }
}

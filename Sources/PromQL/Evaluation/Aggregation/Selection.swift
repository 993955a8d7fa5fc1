extension Evaluator {
  /// `topk`, `bottomk`, `limitk` and `limit_ratio`: some series of each group, at each step anew.
  func selection(_ aggregate: AggregateExpression, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    guard let parameter = aggregate.parameter else { return StepMatrix(stepCount: grid.count) }
    let parameters = try scalar(parameter, grid)
    let isRatio = aggregate.operation == .limitRatio
    var limits: [Int] = []
    var ratios: [Double] = []
    for value in parameters {
      if isRatio {
        if value.isNaN { throw failure("Ratio value is NaN") }
        let capped = min(max(value, -1), 1)
        if capped != value { annotate(.invalidRatio(value, capped: capped), at: parameter.range) }
        ratios.append(capped)
      } else {
        if value.isNaN { throw failure("Parameter value is NaN") }
        if value <= -9_223_372_036_854_775_808 {
          throw failure("Scalar value \(GoText.general(value)) underflows int64")
        }
        if value >= 9_223_372_036_854_775_808 {
          throw failure("Scalar value \(GoText.general(value)) overflows int64")
        }
        limits.append(Int(value))
      }
    }
    var matrix = try self.matrix(aggregate.expression, grid)
    if !isRatio, aggregate.operation != .limitk {
      for cell in matrix.kinds.indices where matrix.kinds[cell] == .histogram {
        annotate(.histogramIgnored(in: aggregate.operation), at: aggregate.expression.range)
        matrix.clear(cell)
      }
    }
    let groups = Groups(matrix, aggregate)
    var order: [Int] = []
    for var rows in groups.rows {
      try checkCancellation()
      switch aggregate.operation {
      case .limitRatio:
        for row in rows {
          let offset = Double(matrix.labels[row].hash64) / Double(UInt64.max)
          for (step, cell) in matrix.row(row).enumerated() {
            let ratio = ratios[step]
            let isTaken = ratio >= 0 ? offset < ratio || ratio == 1 : offset >= 1 + ratio
            if !isTaken { matrix.clear(cell) }
          }
        }
      case .limitk:
        rows.sort { matrix.labels[$0].precedes(matrix.labels[$1]) }
        for step in 0..<grid.count {
          var taken = 0
          for row in rows where matrix.kinds[row * grid.count + step] != .absent {
            taken += 1
            if taken > limits[step] { matrix.clear(row * grid.count + step) }
          }
        }
      default:
        let isTop = aggregate.operation == .topk
        for step in 0..<grid.count {
          let present = rows.filter { matrix.kinds[$0 * grid.count + step] == .float }
          let sorted = Self.stablySorted(present.count) { left, right in
            let a = matrix.values[present[left] * grid.count + step]
            let b = matrix.values[present[right] * grid.count + step]
            if a.isNaN || b.isNaN { return !a.isNaN && b.isNaN }
            return isTop ? a > b : a < b
          }
          for place in sorted.dropFirst(max(limits[step], 0)) { matrix.clear(present[place] * grid.count + step) }
          if grid.count == 1 { rows = sorted.map { present[$0] } }
        }
      }
      order += rows
    }
    return matrix.rows(order).withoutEmptyRows()
  }
}

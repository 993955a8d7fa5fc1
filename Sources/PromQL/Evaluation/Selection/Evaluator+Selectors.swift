extension Evaluator {
  /// The series of a selector as it was read.
  func series(_ selector: VectorSelector) -> [SelectedSeries] {
    let series = selected[selector.number] ?? []
    return selector.readsHistogramStatistics ? series.map { $0.withDetectedResets() } : series
  }

  /// A vector selector over a grid.
  func vector(_ selector: VectorSelector, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    if selector.rangeExtension == .smoothed { return try smoothedVector(selector, grid) }
    return try lookup(selector, grid, isValue: true) { series, float, histogram, cell, matrix in
      if let histogram {
        matrix.set(cell, series.histograms[histogram].histogram)
      } else if let float {
        matrix.set(cell, series.values[float])
      }
    }
  }

  /// The times of the samples that a vector selector finds, in seconds.
  func sampleTimes(_ selector: VectorSelector, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    var matrix = try lookup(selector, grid, isValue: false) { series, float, histogram, cell, matrix in
      let time = histogram.map { series.histograms[$0].time } ?? float.map { series.times[$0] } ?? 0
      matrix.set(cell, Double(time) / 1000)
    }
    for row in 0..<matrix.rowCount { matrix.dropsName[row] = true }
    return matrix
  }

  /// Fills a row with the newest float for each step, or with its time in seconds; false when there is none.
  private func lookUpFloats(
    of series: SelectedSeries, _ row: Int, _ reference: ReferenceTime, _ grid: StepGrid, into matrix: inout StepMatrix,
    isValue: Bool
  ) -> Bool {
    let times = series.times.list.span
    let values = series.values.span
    // Places in the list of times; values stand further on by `shift`.
    let shift = series.times.first
    let (first, last) = (series.floats.lowerBound - shift, series.floats.upperBound - shift)
    guard first < last else { return false }
    // An instant query wants one of the last samples: the search begins where it must be.
    var next = times[last - 1] <= reference(grid.start) ? last : first
    var isFilled = false
    for step in 0..<grid.count {
      let time = reference(grid.time(step))
      while next < last, times[next] <= time { next &+= 1 }
      guard next > first, times[next &- 1] > time - options.lookback else { continue }
      let value = values[next &- 1 &+ shift]
      if StaleMarker.marks(value) { continue }
      matrix.set(row &+ step, isValue ? value : Double(times[next &- 1]) / 1000)
      isFilled = true
    }
    return isFilled
  }

  /// Finds the newest sample for each step, not older than the lookback and no stale marker.
  ///
  /// - Parameter isValue: whether the values are wanted, else their times.
  private func lookup(
    _ selector: VectorSelector, _ grid: StepGrid, isValue: Bool,
    _ store: (SelectedSeries, _ float: Int?, _ histogram: Int?, _ cell: Int, inout StepMatrix) -> Void
  ) throws(PromQLError) -> StepMatrix {
    let all = series(selector)
    try reserve(rows: all.count, steps: grid.count, for: .vectorSelector(selector))
    var matrix = StepMatrix(stepCount: grid.count)
    matrix.reserve(rows: all.count)
    let reference = ReferenceTime(selector)
    for series in all {
      try checkCancellation()
      let base = matrix.addRow(series.labels, dropsName: false)
      if series.histograms.isEmpty {
        if !lookUpFloats(of: series, base, reference, grid, into: &matrix, isValue: isValue) { matrix.removeLastRow() }
        continue
      }
      var nextFloat = series.floats.lowerBound
      var nextHistogram = 0
      var isEmpty = true
      for step in 0..<grid.count {
        let time = reference(grid.time(step))
        while nextFloat < series.floats.upperBound, series.times[nextFloat] <= time { nextFloat += 1 }
        while nextHistogram < series.histograms.count, series.histograms[nextHistogram].time <= time {
          nextHistogram += 1
        }
        let border = time - options.lookback
        let float =
          nextFloat > series.floats.lowerBound && series.times[nextFloat - 1] > border ? nextFloat - 1 : nil
        let histogram =
          nextHistogram > 0 && series.histograms[nextHistogram - 1].time > border ? nextHistogram - 1 : nil
        let isHistogram = histogram.map { index in
          float.map { series.times[$0] < series.histograms[index].time } ?? true
        }
        if isHistogram == true, let histogram {
          if StaleMarker.marks(series.histograms[histogram].histogram.sum) { continue }
          store(series, nil, histogram, base + step, &matrix)
        } else if let float {
          if StaleMarker.marks(series.values[float]) { continue }
          store(series, float, nil, base + step, &matrix)
        } else {
          continue
        }
        isEmpty = false
      }
      if isEmpty { matrix.removeLastRow() }
    }
    return matrix
  }

  /// The series in the range of a top-level range vector.
  func rangeWindow(_ expression: Expression) throws(PromQLError) -> [QueryResult.Series] {
    let source = try rangeSource(expression, grid)
    var result: [QueryResult.Series] = []
    var labels: Set<Labels> = []
    for series in source.series {
      let end = source.reference(grid.start)
      let start = end - source.duration
      var points: [QueryResult.Point] = []
      for index in series.floats where series.times[index] > start && series.times[index] <= end {
        points.append(QueryResult.Point(time: series.times[index], value: .float(series.values[index])))
      }
      for sample in series.histograms where sample.time > start && sample.time <= end {
        points.append(QueryResult.Point(time: sample.time, value: .histogram(sample.histogram)))
      }
      guard !points.isEmpty else { continue }
      let shown = series.dropsName ? series.labels.withoutMetadata : series.labels
      guard labels.insert(shown).inserted else {
        throw failure("vector cannot contain metrics with the same labelset")
      }
      result.append(QueryResult.Series(labels: shown, points: points.sorted { $0.time < $1.time }))
    }
    return result
  }
}

extension Evaluator {
  /// The labels that say whom a series is about.
  private static let identifyingLabels = ["instance", "job"]

  /// `info(v, labels)`: series with labels of those that describe the same target.
  func info(_ call: Call, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    let base = try matrix(call.arguments[0], grid)
    let selector = InfoSelector(call)
    let reference = InfoReferenceTime(call.arguments[0])
    let sources = (selected[InfoSelector.number(of: call)] ?? []).sorted { $0.labels.precedes($1.labels) }
    var sourcesByTarget: [Labels: [Int]] = [:]
    for (index, series) in sources.enumerated() {
      guard series.histograms.isEmpty else { throw failure("info sample should be float") }
      sourcesByTarget[series.labels.keeping(Self.identifyingLabels), default: []].append(index)
    }
    let wanted = Set(selector.labels.map(\.name))
    var result = StepMatrix(stepCount: grid.count)
    for row in 0..<base.rowCount {
      try checkCancellation()
      let labels = base.labels[row]
      var targets: [Labels: Int] = [:]
      func cell(_ labels: Labels, _ step: Int) -> Int {
        if let first = targets[labels] { return first + step }
        let first = result.addRow(labels, dropsName: base.dropsName[row])
        targets[labels] = first
        return first + step
      }
      let target = labels.keeping(Self.identifyingLabels)
      let candidates = target.pairs.isEmpty ? [] : sourcesByTarget[target] ?? []
      let isSource = selector.selects(name: labels.name)
      var known: [[Int]: Labels] = [:]
      for (step, source) in base.row(row).enumerated() where base.kinds[source] != .absent {
        if isSource {
          result.copy(cell(labels, step), from: base, source)
          continue
        }
        let found = try newest(of: candidates, in: sources, at: reference(grid.time(step)))
        if found.isEmpty, selector.needsInformation { continue }
        let enriched: Labels
        if let seen = known[found] {
          enriched = seen
        } else {
          enriched = try self.enriched(labels, with: found.map { sources[$0].labels }, wanted: wanted)
          known[found] = enriched
        }
        result.copy(cell(enriched, step), from: base, source)
      }
    }
    return try unique(result)
  }

  /// For each metric the series with the newest sample at a time.
  private func newest(
    of candidates: [Int], in sources: [SelectedSeries], at time: Int64
  ) throws(PromQLError) -> [Int] {
    var found: [(name: String, index: Int, time: Int64)] = []
    for index in candidates {
      let series = sources[index]
      guard let place = series.floats.last(where: { series.times[$0] <= time }),
        series.times[place] > time - options.lookback, !StaleMarker.marks(series.values[place])
      else { continue }
      let name = series.labels.name
      guard let known = found.firstIndex(where: { $0.name == name }) else {
        found.append((name, index, series.times[place]))
        continue
      }
      if found[known].time == series.times[place] {
        throw failure(
          """
          found duplicate series for info metric: existing \(sources[found[known].index].labels.text) @ \
          \(series.times[place]), new \(series.labels.text) @ \(series.times[place])
          """)
      }
      if found[known].time < series.times[place] { found[known] = (name, index, series.times[place]) }
    }
    return found.map(\.index)
  }

  private func enriched(
    _ labels: Labels, with sources: [Labels], wanted: Set<String>
  ) throws(PromQLError) -> Labels {
    var result = labels
    for source in sources {
      for pair in source.pairs {
        if pair.name == Labels.metricName || Self.identifyingLabels.contains(pair.name) { continue }
        if !wanted.isEmpty, !wanted.contains(pair.name) { continue }
        if labels[pair.name] != nil { continue }
        if let other = result[pair.name], other != pair.value {
          throw failure("conflicting label: \(pair.name)")
        }
        result = result.setting(pair.name, pair.value)
      }
    }
    return result
  }
}

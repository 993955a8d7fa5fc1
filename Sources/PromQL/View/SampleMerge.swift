/// Makes one series of several with the same labels: stored series may differ in what labels do not show.
enum SampleMerge {
  static func merged(_ series: [SampleSeries]) -> [SampleSeries] {
    var positions: [Labels: Int] = [:]
    positions.reserveCapacity(series.count)
    var isUnique = true
    for (position, one) in series.enumerated() where positions.updateValue(position, forKey: one.labels) != nil {
      isUnique = false
    }
    if isUnique { return series }
    positions.removeAll(keepingCapacity: true)
    var groups: [[SampleSeries]] = []
    for one in series {
      if let position = positions[one.labels] {
        groups[position].append(one)
      } else {
        positions[one.labels] = groups.count
        groups.append([one])
      }
    }
    return groups.map { $0.count == 1 ? $0[0] : united($0) }
  }

  /// All samples in time order; of several at one time the last series' stays.
  private static func united(_ group: [SampleSeries]) -> SampleSeries {
    var order: [(time: Int64, member: Int, index: Int, isFloat: Bool)] = []
    for (member, series) in group.enumerated() {
      for row in series.floats.range { order.append((series.floats.times[row], member, row, true)) }
      for (index, sample) in series.histograms.enumerated() { order.append((sample.time, member, index, false)) }
    }
    order.sort { ($0.time, $0.member) < ($1.time, $1.member) }
    var floats = SampleRun()
    var histograms: [HistogramSample] = []
    for (position, entry) in order.enumerated() {
      if position + 1 < order.count, order[position + 1].time == entry.time { continue }
      if entry.isFloat {
        floats.append(entry.time, group[entry.member].floats.values[entry.index])
      } else {
        histograms.append(group[entry.member].histograms[entry.index])
      }
    }
    return SampleSeries(labels: group[0].labels, floats: floats.samples, histograms: histograms)
  }
}

import TelemetryModel

/// The series found so far, with the times of their first and last point.
struct SeriesCatalogue: Sendable {
  struct Entry: Sendable {
    /// As the block with the greatest number has it: its description is the latest.
    var series: Series
    var blockNumber: Int
    var firstTime: Int64
    var lastTime: Int64
  }

  private(set) var entries: [Series: Entry] = [:]

  mutating func add(_ entry: Entry) {
    guard var known = entries[entry.series] else {
      entries[entry.series] = entry
      return
    }
    known.firstTime = min(known.firstTime, entry.firstTime)
    known.lastTime = max(known.lastTime, entry.lastTime)
    if entry.blockNumber >= known.blockNumber {
      known.series = entry.series
      known.blockNumber = entry.blockNumber
    }
    entries[entry.series] = known
  }

  mutating func merge(_ other: SeriesCatalogue) {
    for entry in other.entries.values { add(entry) }
  }

  /// In canonical order: by metric name, then by the encoded attributes of the series and of its resource.
  var sorted: [Entry] {
    entries.values.sorted { left, right in
      let (left, right) = (left.series, right.series)
      if left.name != right.name { return left.name < right.name }
      if left.attributes != right.attributes {
        return left.attributes.encoded.lexicographicallyPrecedes(right.attributes.encoded)
      }
      if left.resource.attributes != right.resource.attributes {
        return left.resource.attributes.encoded.lexicographicallyPrecedes(right.resource.attributes.encoded)
      }
      if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
      if left.unit != right.unit { return left.unit < right.unit }
      return left.scope.name < right.scope.name
    }
  }
}

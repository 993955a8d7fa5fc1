import Glibc
import TelemetryModel
import TelemetryStore

/// Unites what the workers found.
enum SeriesRanking {
  /// The blocks in their order with runs whose series are ranks, and the series by rank, that is in the order.
  static func rank(_ finders: [SeriesFinder], _ order: SeriesOrder) -> (blocks: [BlockRuns], series: [SeriesPoints]) {
    var sightings = finders.first?.sightings ?? SeriesSightings()
    let places = finders.enumerated().map { worker, finder in
      worker == 0 ? Array(0..<sightings.count) : sightings.merge(finder.sightings)
    }
    let series = sightings.series
    let ordered =
      switch order {
      case .canonical: series.indices.sorted { precedes(series[$0], series[$1]) }
      case .byContent: contentOrder(series)
      case .any: Array(series.indices)
      }
    var ranks = [Int](repeating: 0, count: ordered.count)
    for (rank, place) in ordered.enumerated() { ranks[place] = rank }
    var blocks: [BlockRuns] = []
    for (worker, finder) in finders.enumerated() {
      for var block in finder.blocks {
        for index in block.runs.indices {
          block.runs[index].series = ranks[places[worker][block.runs[index].series]]
        }
        blocks.append(block)
      }
    }
    blocks.sort { $0.number < $1.number }
    let found = ordered.map { place in
      let times = sightings.times(at: place)
      return SeriesPoints(series: series[place], firstTime: times.first, lastTime: times.last)
    }
    return (blocks, found)
  }

  /// By content hash; series of one hash, which are rare, in canonical order.
  private static func contentOrder(_ series: [Series]) -> [Int] {
    var keys = series.enumerated().map { (hash: $1.contentHash, place: $0) }
    keys.sort { $0.hash != $1.hash ? $0.hash < $1.hash : precedes(series[$0.place], series[$1.place]) }
    return keys.map(\.place)
  }

  /// The canonical order: by metric name, then by the encoded attributes of the series and of its resource.
  private static func precedes(_ left: Series, _ right: Series) -> Bool {
    if left.name != right.name { return left.name < right.name }
    if left.attributes != right.attributes {
      return precedes(left.attributes.encoded, right.attributes.encoded)
    }
    if left.resource.attributes != right.resource.attributes {
      return precedes(left.resource.attributes.encoded, right.resource.attributes.encoded)
    }
    if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
    if left.unit != right.unit { return left.unit < right.unit }
    if left.scope.name != right.scope.name { return left.scope.name < right.scope.name }
    return left.contentHash < right.contentHash
  }

  private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    let order = unsafe left.withUnsafeBytes { left in
      unsafe right.withUnsafeBytes { right in
        guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return Int32(0) }
        return unsafe memcmp(leftStart, rightStart, min(left.count, right.count))
      }
    }
    return order != 0 ? order < 0 : left.count < right.count
  }
}

import TelemetryModel
import TelemetryStore

/// Unites what the workers found.
enum SeriesRanking {
  /// The blocks in their order with runs whose series are ranks, and the series by rank, that is in the order.
  static func rank(_ finders: [SeriesFinder], _ order: SeriesOrder) -> (blocks: [BlockRuns], series: [SeriesPoints]) {
    var catalogue = SeriesCatalogue()
    var blocks: [BlockRuns] = []
    for finder in finders {
      let numbers = catalogue.merge(finder.catalogue)
      for var block in finder.blocks {
        for index in block.runs.indices { block.runs[index].series = numbers[block.runs[index].series] }
        blocks.append(block)
      }
    }
    blocks.sort { $0.number < $1.number }
    let order =
      switch order {
      case .canonical: catalogue.canonicalOrder
      case .byContent: catalogue.contentOrder
      }
    var ranks = [Int](repeating: 0, count: order.count)
    for (rank, number) in order.enumerated() { ranks[number] = rank }
    var first = [Int64](repeating: .max, count: order.count)
    var last = [Int64](repeating: .min, count: order.count)
    for block in blocks.indices {
      for index in blocks[block].runs.indices {
        let rank = ranks[blocks[block].runs[index].series]
        blocks[block].runs[index].series = rank
        first[rank] = min(first[rank], blocks[block].runs[index].firstTime)
        last[rank] = max(last[rank], blocks[block].runs[index].lastTime)
      }
    }
    let series = order.enumerated().map { rank, number in
      SeriesPoints(series: catalogue.series[number], firstTime: first[rank], lastTime: last[rank])
    }
    return (blocks, series)
  }
}

import TelemetryModel
import TelemetryStore

/// One query's predicate and time range, evaluated block by block.
///
/// Per block: what metadata decides (time range, bounds, identity tables, missing columns, trace filter) is decided without
/// a read; the rest reads only the columns of one conjunct at a time, cheapest first, until no row is left.
/// Concurrency: immutable but for the shared outcomes; safe on many threads.
struct PredicateEvaluator: Sendable {
  let timeRange: TimeRange
  private let predicate: CompiledPredicate
  private let filter: (@Sendable (Series) -> Bool)?
  private let isFilterExact: Bool
  private let outcomes = IdentityOutcomes()

  /// - Parameters:
  ///   - filter: asked of series beside the predicate by `acceptedSeries`.
  ///   - isFilterExact: see `SeriesRequest`.
  /// - Throws: `.invalid` when the predicate cannot be evaluated.
  init(
    _ predicate: Predicate, timeRange: TimeRange, filter: (@Sendable (Series) -> Bool)? = nil,
    isFilterExact: Bool = false
  ) throws(StoreFailure) {
    self.filter = filter
    self.isFilterExact = isFilterExact
    self.predicate = try CompiledPredicate(predicate)
    self.timeRange = timeRange
  }

  /// The predicate as it stands for one block; `.constant(false)` when the block holds no match.
  func bound(to block: any BlockSource) -> BlockPredicate {
    guard !timeRange.isEmpty, block.rowCount > 0, timeRange.overlaps(first: block.timeFirst, last: block.timeLast)
    else {
      return .constant(false)
    }
    let bound = PredicateBinder(block: block, outcomes: outcomes).bind(predicate)
    if timeRange.covers(first: block.timeFirst, last: block.timeLast) { return bound }
    let time: BlockPredicate = .columns(
      [ColumnKey(Field.time, .int)], ValueTest(integers: timeRange.start...timeRange.end - 1))
    return .conjunction([time, bound])
  }

  /// By which series are known.
  var numbering: SeriesNumbering { outcomes.numbering }

  /// Whether each series of the block's table matches, from its own fields; a test on anything else is a comparison on a
  /// missing field. Evaluated once for each series.
  ///
  /// - Parameters:
  ///   - series: the block's table.
  ///   - numbers: of its series among all.
  func acceptedSeries(of block: any BlockSource, _ series: [Series], numbers: [UInt32]) -> [Bool] {
    let table = block.seriesColumns
    return outcomes.flags(of: table, numbers: numbers) { candidates in
      var chosen = candidates
      if let table {
        chosen = SeriesSelection(table).select(predicate, candidates)
      } else if filter == nil || !isFilterExact {
        chosen = candidates.filter { PredicateEvaluator.matches(predicate, series[Int($0)]) }
      }
      guard let filter else { return chosen }
      return chosen.filter { filter(series[Int($0)]) }
    }
  }

  private static func matches(_ predicate: CompiledPredicate, _ series: Series) -> Bool {
    switch predicate {
    case .constant(let value): value
    case .and(let parts): parts.allSatisfy { matches($0, series) }
    case .or(let parts): parts.contains { matches($0, series) }
    case .not(let part): !matches(part, series)
    case .field(let leaf): series.value(of: leaf.field).map(leaf.test.matches) ?? false
    case .anyText(let test, _): series.matchesAnyText(test)
    case .traceIDs: false
    }
  }
}

extension Series {
  /// Whether the metric name or a string attribute matches.
  func matchesAnyText(_ test: ValueTest) -> Bool { test.matches(.string(name)) || attributes.matchesAnyText(test) }
}

extension AttributeSet {
  /// Whether a string attribute matches.
  func matchesAnyText(_ test: ValueTest) -> Bool {
    attributes.contains { $0.value.type == .string && test.matches($0.value) }
  }
}

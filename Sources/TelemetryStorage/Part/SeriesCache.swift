import Synchronization
import TelemetryModel

/// Decoded series tables of open parts: the last used, up to a number of series. Safe to share.
final class SeriesCache: Sendable {
  /// 200,000 series take about 120 MB.
  static let shared = SeriesCache(seriesLimit: 200_000)

  private struct Table {
    let series: SeriesColumns
    var lastUse: UInt64
  }

  private struct State {
    var tables: [UInt64: Table] = [:]
    var seriesCount = 0
    var clock: UInt64 = 0
    var lastKey: UInt64 = 0
    /// What was decoded last.
    var newest: UInt64 = 0
  }

  private let seriesLimit: Int
  private let state = Mutex(State())

  init(seriesLimit: Int) { self.seriesLimit = seriesLimit }

  /// A key that nobody else has.
  func makeKey() -> UInt64 {
    state.withLock { state in
      state.lastKey += 1
      return state.lastKey
    }
  }

  /// The table that was decoded last: the next one probably has the same series.
  var newest: SeriesColumns? { state.withLock { $0.tables[$0.newest]?.series } }

  subscript(key: UInt64) -> SeriesColumns? {
    get {
      state.withLock { state in
        state.clock += 1
        state.tables[key]?.lastUse = state.clock
        return state.tables[key]?.series
      }
    }
    set {
      remove(key)
      guard let series = newValue else { return }
      state.withLock { state in
        state.clock += 1
        state.newest = key
        state.seriesCount += series.count
        state.tables[key] = Table(series: series, lastUse: state.clock)
        while state.seriesCount > seriesLimit, state.tables.count > 1,
          let oldest = state.tables.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
          state.tables[oldest.key] = nil
          state.seriesCount -= oldest.value.series.count
        }
      }
    }
  }

  func remove(_ key: UInt64) {
    state.withLock { state in
      if let table = state.tables.removeValue(forKey: key) { state.seriesCount -= table.series.count }
    }
  }
}

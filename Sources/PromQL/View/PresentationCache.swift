import Synchronization
import TelemetryModel

/// Stored series as Prometheus sees them, each translated once. Safe to share.
final class PresentationCache: Sendable {
  /// Above this many series everything is forgotten: the only cost is translating again.
  private static let seriesLimit = 200_000

  private let entries = Mutex<[Series: PresentedSeries]>([:])

  subscript(series: Series) -> PresentedSeries {
    if let known = entries.withLock({ $0[series] }) { return known }
    let presented = PresentedSeries(series)
    entries.withLock { entries in
      if entries.count >= PresentationCache.seriesLimit { entries.removeAll() }
      entries[series] = presented
    }
    return presented
  }
}

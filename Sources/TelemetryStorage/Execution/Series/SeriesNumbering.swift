import Synchronization
package import TelemetryModel

/// Numbers of series that questions share: equal series have one number, whatever part or memtable they stand in.
///
/// A table's numbers are found out once, so that a question knows a series by its number and looks at contents only to
/// decide whether it wants the series. Safe to share.
package final class SeriesNumbering: Sendable {
  /// Above this many series the next question begins a new numbering: the only cost is numbering again.
  private static let seriesLimit = 200_000
  private static let shared = Mutex(SeriesNumbering(serial: 1))

  /// The numbering for a question that begins now.
  static var current: SeriesNumbering {
    shared.withLock { shared in
      if shared.count > seriesLimit { shared = SeriesNumbering(serial: shared.serial + 1) }
      return shared
    }
  }

  /// No other numbering has it.
  fileprivate let serial: UInt64
  private let interner = Mutex(SeriesInterner(expectedCount: 1024))

  private init(serial: UInt64) { self.serial = serial }

  /// How many series have a number; numbers are below it.
  var count: Int { interner.withLock { $0.series.count } }

  /// The number of each series.
  package func numbers(of series: [Series]) -> [UInt32] {
    interner.withLock { interner in series.map { interner.code(of: $0) } }
  }
}

/// The numbers of a table's series as the last question needed them. Safe to share.
final class KnownSeriesNumbers: Sendable {
  private let known = Mutex<(serial: UInt64, numbers: [UInt32])?>(nil)

  /// The numbers of `series`, which is always the same table.
  func numbers(of series: [Series], in numbering: SeriesNumbering) -> [UInt32] {
    if let known = known.withLock({ $0 }), known.serial == numbering.serial { return known.numbers }
    let numbers = numbering.numbers(of: series)
    known.withLock { $0 = (numbering.serial, numbers) }
    return numbers
  }
}

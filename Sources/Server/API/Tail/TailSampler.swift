import TelemetryModel

/// Chooses what a tail shows of each tenth of a second, and counts the rest. A pure value.
struct TailSampler {
  /// Rows a second above which a sample is shown.
  static let rowsPerSecond = 2_000
  static let ticksPerSecond = 10

  /// Rows left out since the tail began.
  private(set) var dropped = 0
  /// Rows that matched since the last status.
  private var matched = 0

  /// The rows to show of some batches: all, or every n-th so that the rest of the tick's allowance is kept.
  mutating func choose(_ matches: [(batch: RecordBatch, rows: [UInt32])], lost: Int) -> [(
    batch: RecordBatch, rows: [UInt32]
  )] {
    let total = matches.reduce(0) { $0 + $1.rows.count }
    matched += total + lost
    dropped += lost
    let allowance = TailSampler.rowsPerSecond / TailSampler.ticksPerSecond
    guard total > allowance else { return matches.filter { !$0.rows.isEmpty } }
    dropped += total - allowance
    var seen = 0
    return matches.compactMap { entry in
      let rows = entry.rows.filter { _ in
        defer { seen += 1 }
        // Row number `seen` of `total` is shown when it begins a new one of `allowance` equal shares.
        return seen * allowance / total != (seen - 1) * allowance / total || seen == 0
      }
      return rows.isEmpty ? nil : (entry.batch, rows)
    }
  }

  /// Matching rows a second since the last status.
  mutating func takeRate() -> Int {
    defer { matched = 0 }
    return matched
  }
}

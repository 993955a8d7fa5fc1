import TelemetryModel

/// The series that were met in blocks, each once: when it had points, and the object that describes it.
///
/// One owner, no locks.
struct SeriesSightings: Sendable {
  /// One series.
  private struct Entry {
    var firstTime: Int64
    var lastTime: Int64
    /// The block with the greatest number that has the series: its description is the latest.
    var block: Int
    /// Place of the block's table in `tables`, and of the series in it.
    var table: Int
    var code: Int
  }

  private var keys = KeyTable()
  private var entries: [Entry] = []
  private var tables: [[Series]] = []
  private var block = 0

  var count: Int { entries.count }
  var memoryBytes: Int { keys.memoryBytes + entries.count * MemoryLayout<Entry>.stride }

  /// What follows is met in this block.
  mutating func begin(block: Int, series: [Series]) {
    self.block = block
    tables.append(series)
  }

  /// Notes a series of the block by its number among all and its code in the block's table; returns its place here.
  @inline(__always)
  mutating func note(_ number: UInt32, code: Int, firstTime: Int64, lastTime: Int64) -> Int {
    note(
      number, Entry(firstTime: firstTime, lastTime: lastTime, block: block, table: tables.count &- 1, code: code))
  }

  private mutating func note(_ number: UInt32, _ entry: Entry) -> Int {
    let place = Int(keys.number(of: UInt64(number)))
    if place == entries.count {
      entries.append(entry)
      return place
    }
    if entry.firstTime < entries[place].firstTime { entries[place].firstTime = entry.firstTime }
    if entry.lastTime > entries[place].lastTime { entries[place].lastTime = entry.lastTime }
    if entry.block > entries[place].block {
      entries[place].block = entry.block
      entries[place].table = entry.table
      entries[place].code = entry.code
    }
    return place
  }

  /// Adds what another met; returns the place here of each place there.
  mutating func merge(_ other: SeriesSightings) -> [Int] {
    let shift = tables.count
    tables += other.tables
    return other.entries.indices.map { place in
      var entry = other.entries[place]
      entry.table += shift
      return note(UInt32(truncatingIfNeeded: other.keys.keys[place]), entry)
    }
  }

  /// The series by place.
  var series: [Series] { entries.map { tables[$0.table][$0.code] } }

  /// Times of the first and last point of the series at a place.
  func times(at place: Int) -> (first: Int64, last: Int64) { (entries[place].firstTime, entries[place].lastTime) }
}

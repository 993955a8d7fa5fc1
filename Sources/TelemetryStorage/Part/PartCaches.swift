import Synchronization
import TelemetryEncoding

/// What open parts of this process keep of what was read from them.
enum PartCaches {
  /// Decoded series tables, at place 0; the cost is their series: 200,000 take about 120 MB.
  static let series = PartCache<SeriesColumns>(limit: 200_000, headroom: 0)
  /// Directories of blocks, by block: some 20 kB where series report together, at most 0.5 MB.
  static let directories = PartCache<CachedDirectory>(limit: 32 << 20, headroom: 4 << 20)
  /// Checked chunks as they are stored, by where they begin: what is decoded of them is not kept, but for the numbers of
  /// templates. As much as a signal's memtable may hold before it is written.
  static let chunks = PartCache<CachedChunk>(limit: 48 << 20, headroom: 6 << 20)

  private static let lastKey = Mutex<UInt64>(0)

  /// A key that no other open part has.
  static func makeKey() -> UInt64 {
    lastKey.withLock { key in
      key += 1
      return key
    }
  }

  /// Forgets a part that was closed.
  static func remove(part: UInt64) {
    series.remove(part: part)
    directories.remove(part: part)
    chunks.remove(part: part)
  }
}

/// What is known of the order of a block's rows.
enum CachedDirectory: Sendable {
  case ordered(PointDirectory)
  /// Its rows are in another order than (series, time).
  case unordered

  var byteCount: Int { if case .ordered(let directory) = self { directory.byteCount } else { 16 } }
}

/// A chunk, or the filters of a part's values.
enum CachedChunk: Sendable {
  case column(EncodedColumn)
  case codes(EncodedCodes)
  /// By block and by ordinal in the schema.
  case filters([[Int: ValueFilter]], byteCount: Int)

  var byteCount: Int {
    switch self {
    case .column(let column): column.byteCount
    case .codes(let codes): codes.byteCount
    case .filters(_, let byteCount): byteCount
    }
  }
}

package import TelemetryModel
internal import TelemetryStore

/// The log of request bodies: an acknowledged request is in it before it is in memory.
///
/// One shard a writer; see docs/format/wal.md. Shards beyond the configured number, left by a run with more, only wait
/// until their frames are in parts.
package final class WriteAheadLog: Sendable {
  package let shards: [LogShard]
  package let health: LogHealth

  package init(shards: [LogShard], health: LogHealth) {
    self.shards = shards
    self.health = health
  }

  /// Bytes of all segments of all shards.
  package var byteCount: Int { shards.reduce(0) { $0 + $1.byteCount } }

  package var segmentCount: Int { shards.reduce(0) { $0 + $1.segmentCount } }

  /// Makes everything written durable; the first failure is thrown after all shards had their turn.
  package func sync() throws(StorageError) {
    var failure: StorageError?
    for shard in shards {
      do throws(StorageError) { try shard.sync() } catch { failure = failure ?? error }
    }
    if let failure { throw failure }
  }

  /// Deletes the segments that the manifest no longer needs; returns how many.
  package func dropSpent(_ flushedThrough: [Int: [Signal: UInt64]]) throws(StorageError) -> Int {
    var count = 0
    for shard in shards { count += try shard.dropSpent(flushedThrough[shard.shard] ?? [:]) }
    return count
  }
}

internal import Glibc
package import TelemetryModel
package import TelemetryStorage
package import TelemetryStore

/// How an embedded store keeps its data. Every field has a default; only the folder is needed.
package struct EmbeddedStoreConfiguration: Sendable {
  /// When an append is acknowledged.
  package enum Durability: String, Sendable, CaseIterable {
    /// After the write: survives the death of the process, and all but the last 200 ms survive a power failure.
    case process
    /// After the sync: survives a power failure.
    case power
  }

  /// The data folder; created when it is missing.
  package var directory: String
  /// Writers of the log, one thread each.
  package var shardCount: Int
  package var durability: Durability
  /// Nanoseconds between background syncs of the log in `process` durability.
  package var syncInterval: Int64 = 200_000_000
  /// Bytes of a segment of the log.
  package var segmentBytes = 64 << 20
  /// Bytes of the log at which all memtables are flushed, so that a replay stays short.
  package var walBytes = 512 << 20
  /// Memory of memtables (half of it at most) and queries (the other half) together.
  package var memoryBytes: Int
  /// Bytes of one signal's memtables at which they are flushed.
  package var memtableBytes = 64 << 20
  /// Seconds after the first row of a signal's memtable at which it is flushed.
  package var flushAgeSeconds: [Signal: Int] = [.logs: 120, .spans: 120, .metrics: 600]
  /// Bytes of one signal's memtables that are flushed as soon as nothing more comes.
  package var silentFlushBytes = 4 << 20
  package var retention = RetentionPolicy(
    maximumAge: Dictionary(uniqueKeysWithValues: Signal.allCases.map { ($0, 30 * daySeconds * 1_000_000_000) }))
  /// Nanoseconds between applications of the retention.
  package var retentionInterval: Int64 = 60_000_000_000
  /// Which parts are merged and when.
  package var compaction = CompactionPolicy()
  /// Nanoseconds between looks at what is to be merged; tests that drive the compaction themselves set it high.
  package var compactionInterval: Int64 = 1_000_000_000
  /// Of one processor, what a merge takes at most.
  package var compactionShare = 0.5
  /// Niceness of the thread that merges: at 10 it has a tenth of a busy processor, so that parts never pile up for ever.
  package var compactionNiceness: Int32 = 10
  /// Nanoseconds after which a part is read again and its checksums compared.
  package var scrubInterval: Int64 = 7 * daySeconds * 1_000_000_000
  /// Threads that answer queries.
  package var queryThreadCount: Int
  /// Free bytes below which nothing is taken in, or the fraction of the volume, whichever is less; see ADR 0030.
  package var reservedDiskBytes: Int64 = 2 << 30
  package var reservedDiskFraction = 0.05
  /// Nanoseconds between looks at what is due; tests that drive the maintenance themselves set it high.
  package var maintenanceInterval: Int64 = 500_000_000
  /// Now, nanoseconds since 1970.
  package var clock: @Sendable () -> Int64 = { WallClock.now() }

  package init(directory: String, shardCount: Int? = nil, durability: Durability = .process, memoryBytes: Int? = nil) {
    self.directory = directory
    let processorCount = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    self.shardCount = max(1, shardCount ?? min(processorCount, 16))
    self.durability = durability
    let machineBytes = sysconf(Int32(_SC_PHYS_PAGES)).multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
    self.memoryBytes =
      memoryBytes ?? min(800_000_000, machineBytes.overflow ? .max : max(64 << 20, machineBytes.partialValue / 5 * 2))
    queryThreadCount = processorCount
  }
}

private let daySeconds: Int64 = 86_400

internal import Synchronization
internal import TelemetryModel
package import TelemetryStorage
internal import TelemetryStore

/// The store of one machine: a write-ahead log, memtables, immutable parts and a manifest in one folder.
///
/// Promise: what `append` returned for survives the death of the process; a damaged file costs that file's rows, never the
/// server. Threads: one for syncs of the log, one for flushes and retention, one of low priority for merges, a pool
/// for queries; appends run on their callers.
package final class EmbeddedStore: Sendable {
  /// The only tenant until tenants open.
  package static let tenant = "default"

  package let configuration: EmbeddedStoreConfiguration
  let fileSystem: any FileSystem
  let layout: StoreLayout
  let quarantine: Quarantine
  let log: WriteAheadLog
  let conditions: StoreConditions
  let state: Mutex<StoreState>
  /// Held during its file operations: only the maintenance and compaction threads (before that, opening) touch it. Taken
  /// before `state` where both are.
  let manifest: Mutex<Manifest>
  /// Parts that cannot be merged, until the store opens again.
  let unmergeable = PartSet()
  let ledger = DeletionLedger()
  let isClosed = Atomic<Bool>(false)
  let isDiskLow = Atomic<Bool>(false)
  /// When the retention ran last, and when a failed flush is tried again.
  let schedule = Mutex(MaintenanceSchedule())
  private let threads = Mutex<Threads?>(nil)
  private let folderLock: Mutex<FolderLock?>
  let queries: QueryExecutor
  let queryPool: StorageThreadPool

  private struct Threads {
    let sync: SerialThread
    let maintenance: SerialThread
    let compaction: SerialThread
  }

  init(
    configuration: EmbeddedStoreConfiguration, fileSystem: any FileSystem, log: WriteAheadLog,
    manifest: consuming Manifest, parts: [StoredPart], unopened: [PartEntry], folderLock: FolderLock,
    conditions: StoreConditions
  ) {
    self.configuration = configuration
    self.fileSystem = fileSystem
    self.log = log
    self.conditions = conditions
    layout = StoreLayout(directory: configuration.directory)
    quarantine = Quarantine(directory: layout.quarantineDirectory, fileSystem: fileSystem)
    var state = StoreState(shardCount: log.shards.count)
    for part in parts {
      state[part.entry.signal].parts.append(part)
      for id in part.deletions?.tombstones ?? [] { ledger.add(id, part: part.entry.key) }
    }
    for tombstone in manifest.state.pendingTombstones {
      for entry in unopened where tombstone.concerns(entry) { ledger.add(tombstone.id, part: entry.key) }
    }
    self.state = Mutex(state)
    self.manifest = Mutex(manifest)
    self.folderLock = Mutex(folderLock)
    queryPool = StorageThreadPool(threadCount: configuration.queryThreadCount, name: "query")
    queries = QueryExecutor(
      pool: queryPool, budget: MemoryBudget(byteCount: configuration.memoryBytes / 2),
      onDamage: { error in conditions.raise(.unreadablePart, error.path, error.description) })
  }

  /// Starts the threads. They hold the store weakly: dropping it without `close` is a crash that loses nothing.
  func start() throws(StorageError) {
    let sync = try SerialThread(name: "wal-sync", interval: configuration.syncInterval) { [weak self] in self?.syncLog()
    }
    let maintenance = try SerialThread(name: "maintenance", interval: configuration.maintenanceInterval) {
      [weak self] in
      self?.maintain()
    }
    let compaction = try SerialThread(name: "compaction", interval: configuration.compactionInterval) { [weak self] in
      self?.compactWhatIsDue()
    }
    let niceness = configuration.compactionNiceness
    _ = compaction.perform { CompactionPace.setNiceness(niceness) }
    threads.withLock { $0 = Threads(sync: sync, maintenance: maintenance, compaction: compaction) }
  }

  /// What a person should know, sorted by kind and object.
  package var health: [StoreCondition] {
    if let poison = log.health.poison { conditions.raise(.poisonedLog, poison.path, poison.description) }
    return conditions.all
  }

  /// Writes everything in memory to parts.
  ///
  /// - Throws: the first failure; memory that could not be written stays readable and is tried again.
  package func flush() async throws(StorageError) {
    try await maintenance { () throws(StorageError) in
      for signal in Signal.allCases { try self.flushMemory(signal) }
    }
  }

  /// Ends the store: takes nothing more, lets the maintenance end what it does, ends a merge after its block, syncs the log
  /// and unlocks the folder. What is in memory stays in the log. Callers end their appends and queries before.
  package func close() async {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    _ = try? await maintenance { () throws(StorageError) in self.syncLog() }
    _ = try? await compaction { () throws(StorageError) in }
    threads.withLock { threads in
      threads?.sync.stop()
      threads?.maintenance.stop()
      threads?.compaction.stop()
      threads = nil
    }
    queryPool.shutdown()
    folderLock.withLock { $0 = nil }
  }

  /// Runs work on the maintenance thread.
  func maintenance<Value: Sendable>(
    _ work: @escaping @Sendable () throws(StorageError) -> Value
  ) async throws(StorageError) -> Value {
    guard let thread = threads.withLock({ $0?.maintenance }) else {
      throw StorageError(.shuttingDown, path: configuration.directory)
    }
    return try await thread.run(work)
  }

  /// Runs work on the compaction thread.
  func compaction<Value: Sendable>(
    _ work: @escaping @Sendable () throws(StorageError) -> Value
  ) async throws(StorageError) -> Value {
    guard let thread = threads.withLock({ $0?.compaction }) else {
      throw StorageError(.shuttingDown, path: configuration.directory)
    }
    return try await thread.run(work)
  }

  /// Lets the maintenance look now at what is due.
  func wakeMaintenance() { threads.withLock { $0?.maintenance }?.wake() }

  /// A failure poisons the log, which `health` tells and appends throw.
  func syncLog() {
    do throws(StorageError) { try log.sync() } catch { conditions.raise(.poisonedLog, error.path, error.description) }
  }
}

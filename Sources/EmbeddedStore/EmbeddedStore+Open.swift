internal import Glibc
internal import Synchronization
package import TelemetryModel
package import TelemetryStorage

/// Decodes a logged body; one closure a thread, since decoders keep state between bodies.
package typealias BodyDecoding = (LoggedBody) throws -> RecordBatch

extension EmbeddedStore {
  /// Locks the folder, recovers what is in it, replays the log.
  ///
  /// - Parameter makeDecoding: makes the decoder of one replaying thread.
  /// - Throws: `.locked` when another process has the folder, `.unsupportedFormat` when a newer program wrote it, or what the
  ///   file system says; never for damage.
  package static func open(
    _ configuration: EmbeddedStoreConfiguration, fileSystem: any FileSystem,
    makeDecoding: @escaping @Sendable () -> BodyDecoding
  ) async throws(StorageError) -> EmbeddedStore {
    raiseDescriptorLimit()
    AllocatedMemory.configure()
    let pool = StorageThreadPool(threadCount: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), name: "recovery")
    defer { pool.shutdown() }
    let opening = StoreOpening(configuration: configuration, fileSystem: fileSystem)
    let store = try await pool.run { () throws(StorageError) in try opening.prepare() }
    try store.start()
    let failures = await pool.runAll(count: store.log.shards.count) { index -> StorageError? in
      do throws(StorageError) {
        try opening.replay(store.log.shards[index], into: store, decode: makeDecoding())
        return nil
      } catch {
        return error
      }
    }
    if let failure = failures.compactMap({ $0 }).first {
      await store.close()
      throw failure
    }
    opening.reportQuarantine()
    try await store.maintenance { () throws(StorageError) in
      try store.dropSpentLog()
      store.maintain()
    }
    return store
  }

  /// Every open part holds a descriptor: the process takes as many as the system lets it have. The usual soft limit of 1,024
  /// is a day of parts.
  private static func raiseDescriptorLimit() {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max
    else { return }
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// Lets a flush make room before more is replayed. When flushes fail (a full disk) the replay goes on all the same: the
  /// log's size bounds it.
  func waitForMemoryInReplay() {
    while state.withLock({ $0.memoryByteCount }) > memtableByteLimit, !conditions.holds(.flushFailed) {
      wakeMaintenance()
      usleep(Self.memoryPauseMicroseconds)
    }
  }

  /// Between looks whether a flush has made room.
  static let memoryPauseMicroseconds: UInt32 = 5_000
}

internal import Synchronization

/// Whether the log still takes frames; shared by all shards, because a disk that failed one has failed the others.
package final class LogHealth: Sendable {
  private let failure = Mutex<StorageError?>(nil)
  private let poisoned = Atomic<Bool>(false)

  package init() {}

  /// True after a failed write or sync, until the process restarts.
  package var isPoisoned: Bool { poisoned.load(ordering: .acquiring) }

  /// The first failure.
  package var poison: StorageError? { failure.withLock { $0 } }

  /// Stops the log. Only the first failure is kept.
  func poison(_ error: StorageError) {
    failure.withLock { if $0 == nil { $0 = error } }
    poisoned.store(true, ordering: .releasing)
  }
}

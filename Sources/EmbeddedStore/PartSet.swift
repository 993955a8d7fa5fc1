internal import Synchronization
internal import TelemetryStorage

/// Parts that are left out of merges, named from any thread.
final class PartSet: Sendable {
  private let keys = Mutex<Set<PartKey>>([])

  var all: Set<PartKey> { keys.withLock { $0 } }
  func contains(_ key: PartKey) -> Bool { keys.withLock { $0.contains(key) } }
  func insert(_ key: PartKey) { keys.withLock { _ = $0.insert(key) } }
}

import Synchronization
package import TelemetryStore

/// The bytes that all queries together may hold. Who asks for more than is left is refused, not made to wait.
package final class MemoryBudget: Sendable {
  package let byteCount: Int
  private let reserved = Mutex(0)

  package init(byteCount: Int) { self.byteCount = max(0, byteCount) }

  /// Takes `bytes` until they are released.
  ///
  /// - Parameter operation: what asks, in words; the error names it.
  /// - Throws: `.memoryExhausted`.
  package func reserve(_ bytes: Int, for operation: String) throws(StoreFailure) {
    let isGranted = reserved.withLock { reserved in
      guard bytes <= byteCount - reserved else { return false }
      reserved += bytes
      return true
    }
    if !isGranted { throw .memoryExhausted(operation: operation, limitBytes: byteCount) }
  }

  package func release(_ bytes: Int) { reserved.withLock { $0 = max(0, $0 - bytes) } }

  /// Bytes that are left.
  package var available: Int { byteCount - reserved.withLock { $0 } }
}

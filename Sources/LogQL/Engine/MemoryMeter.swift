/// Counts what a query holds above the store.
struct MemoryMeter {
  private let limit: Int
  private var held = 0

  init(_ limits: LogQLLimits) { limit = limits.memoryBytes }

  /// Takes bytes for `operation`.
  mutating func take(_ byteCount: Int, for operation: String) throws(LogQLError) {
    held += byteCount
    guard held <= limit else {
      throw .limit(operation: operation, message: "query memory of \(limit) bytes exhausted")
    }
  }
}

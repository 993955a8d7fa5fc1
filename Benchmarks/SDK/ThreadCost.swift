import AllocationCount

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Processor time and allocations of the calling thread for one call of something.
struct ThreadCost {
  /// The least of several rounds.
  var nanoseconds: Double
  /// The mean of the same round.
  var allocations: Double

  /// Calls `body` in rounds of `calls`, with `between` after each round outside of the measurement.
  static func measure(
    rounds: Int, calls: Int, between: () async -> Void, _ body: () -> Void
  ) async -> ThreadCost {
    var best = ThreadCost(nanoseconds: .infinity, allocations: 0)
    for _ in 0...rounds {
      let cost = round(calls, body)
      if cost.nanoseconds < best.nanoseconds { best = cost }
      await between()
    }
    return best
  }

  /// One round; synchronous, so that it stays on one thread.
  private static func round(_ calls: Int, _ body: () -> Void) -> ThreadCost {
    let allocations = allocation_count()
    let start = now()
    for _ in 0..<calls { body() }
    let end = now()
    return ThreadCost(
      nanoseconds: Double(end - start) / Double(calls),
      allocations: Double(allocation_count() - allocations) / Double(calls))
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

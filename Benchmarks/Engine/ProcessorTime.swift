import Glibc

/// Processor time of this process, all threads together.
enum ProcessorTime {
  /// Nanoseconds since the process began.
  static func now() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Runs `body` once to warm up, then `runs` times; the mean and least milliseconds of the latter, and the first's.
  static func measure(
    runs: Int, _ body: () async throws -> Void
  ) async throws -> (first: Double, mean: Double, least: Double) {
    var all: [Double] = []
    for _ in 0...max(1, runs) {
      let start = now()
      try await body()
      all.append(Double(now() - start) / 1_000_000)
    }
    let warm = all.dropFirst()
    return (all.first ?? 0, warm.reduce(0, +) / Double(max(1, warm.count)), warm.min() ?? 0)
  }
}

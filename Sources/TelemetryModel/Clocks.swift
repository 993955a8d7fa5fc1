#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The time of day.
package enum WallClock {
  /// Nanoseconds since 1970.
  package static func now() -> Int64 { nanoseconds(CLOCK_REALTIME) }
}

/// Time that only goes forward.
package enum MonotonicClock {
  /// Nanoseconds since some moment of this machine's life, that which `pthread_cond_timedwait` can be told to count from.
  package static func now() -> Int64 { nanoseconds(CLOCK_MONOTONIC) }
}

/// Processor time of the calling thread.
package enum ThreadClock {
  /// Nanoseconds that the thread has run.
  package static func now() -> Int64 { nanoseconds(CLOCK_THREAD_CPUTIME_ID) }
}

private func nanoseconds(_ clock: clockid_t) -> Int64 {
  var time = timespec()
  unsafe clock_gettime(clock, &time)
  return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
}

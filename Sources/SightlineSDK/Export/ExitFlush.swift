import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Sends what is queued when the process ends without a shutdown, so that a program that ends right after its last span
/// loses nothing.
///
/// Runs in `atexit`, on the thread that ends the process, and waits at most for the configured deadline. A process that
/// is killed by a signal does not come here.
enum ExitFlush {
  private struct Installed {
    weak var observability: Observability?
  }

  private static let installed = Mutex<[Installed]>([])

  /// Makes the end of the process wait for this telemetry.
  static func install(_ observability: Observability) {
    let isFirst = installed.withLock { installed in
      installed.append(Installed(observability: observability))
      return installed.count == 1
    }
    if isFirst { atexit { ExitFlush.run() } }
  }

  private static func run() {
    let all = installed.withLock { $0.compactMap(\.observability) }.filter { !$0.hasShutDown }
    guard let longest = all.map(\.configuration.exitDeadline).max() else { return }
    let done = Completion()
    Task.detached {
      for observability in all { await observability.shutdown(within: observability.configuration.exitDeadline) }
      done.isReached.store(true, ordering: .releasing)
    }
    // A little longer than the shutdown itself takes, which keeps its own deadline.
    let deadline = ContinuousClock.now + longest + .milliseconds(200)
    while !done.isReached.load(ordering: .acquiring), ContinuousClock.now < deadline { usleep(500) }
  }

  private final class Completion: Sendable {
    let isReached = Atomic<Bool>(false)
  }
}

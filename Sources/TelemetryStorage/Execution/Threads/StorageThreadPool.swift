import Glibc

/// A fixed pool of operating-system threads for work that may block: reading blocks, evaluating them, writing parts.
///
/// Not the cooperative pool: a read may wait for the disk. Jobs run in the order they were submitted, `threadCount` at a
/// time; the queue is as long as the callers make it, and callers wait for their own jobs.
/// After `shutdown` work runs on the thread that asks for it, so that nobody waits for a thread that is gone.
package final class StorageThreadPool: Sendable {
  package let threadCount: Int
  private let queue = JobQueue()

  /// Starts the threads.
  ///
  /// - Parameters:
  ///   - threadCount: at least one is started.
  ///   - name: shown by the system's tools; cut to 15 bytes.
  package init(threadCount: Int, name: String) {
    self.threadCount = max(1, threadCount)
    for _ in 0..<self.threadCount { startThread(name: name, queue: queue) }
  }

  deinit { queue.close() }

  /// Runs `work` on a thread of the pool and suspends until it is done.
  package func run<T: Sendable, E: Error>(_ work: @Sendable @escaping () throws(E) -> T) async throws(E) -> T {
    let result: Result<T, E> = await withCheckedContinuation { continuation in
      submit {
        do throws(E) {
          continuation.resume(returning: .success(try work()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }

  /// Runs `work` for 0 ..< `count`, as many at a time as there are threads, and returns the results in order.
  package func runAll<T: Sendable>(count: Int, _ work: @Sendable @escaping (Int) -> T) async -> [T] {
    guard count > 0 else { return [] }
    return await withCheckedContinuation { continuation in
      let results = GatheredResults(count: count, continuation: continuation)
      for index in 0..<count { submit { results.set(index, work(index)) } }
    }
  }

  /// Queues `job`; returns at once.
  package func submit(_ job: @Sendable @escaping () -> Void) {
    if !queue.push(job) { job() }
  }

  /// Ends the threads after the jobs that are queued.
  package func shutdown() { queue.close() }
}

/// What a new thread takes with it.
private final class ThreadStart: Sendable {
  let name: String
  let queue: JobQueue

  init(name: String, queue: JobQueue) {
    self.name = name
    self.queue = queue
  }
}

/// Starts one detached thread that runs jobs until the queue is closed and empty.
private func startThread(name: String, queue: JobQueue) {
  let context = unsafe Unmanaged.passRetained(ThreadStart(name: name, queue: queue))
  var thread = pthread_t()
  let code = unsafe pthread_create(
    &thread, nil,
    { raw in
      guard let raw = unsafe raw else { return nil }
      let start = unsafe Unmanaged<ThreadStart>.fromOpaque(raw).takeRetainedValue()
      nameCurrentThread(start.name)
      while let job = start.queue.pop() { job() }
      return nil
    }, context.toOpaque())
  guard code == 0 else {
    // No thread: the queue must not take jobs that nobody runs.
    unsafe context.release()
    queue.close()
    return
  }
  pthread_detach(thread)
}

/// Names the thread for the system's tools. A thread without a name works as well, so failures are of no interest.
private func nameCurrentThread(_ name: String) {
  let descriptor = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  let bytes = Array(name.utf8.prefix(15))
  _ = unsafe write(descriptor, bytes, bytes.count)
  close(descriptor)
}

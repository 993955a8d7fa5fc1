import Glibc
import TelemetryModel

/// One thread that runs queued jobs in order, and a tick at intervals or when woken.
///
/// Dropping the object ends the thread after the queued jobs.
package final class SerialThread: Sendable {
  private let loop: Loop

  /// - Parameters:
  ///   - name: for messages.
  ///   - interval: nanoseconds between ticks.
  ///   - tick: the recurring work.
  /// - Throws: `.open` when the system gives no thread.
  package init(name: String, interval: Int64, tick: @escaping @Sendable () -> Void) throws(StorageError) {
    let loop = Loop(interval: interval, tick: tick)
    self.loop = loop
    let context = unsafe Unmanaged.passRetained(loop)
    var thread = pthread_t()
    let status = unsafe pthread_create(
      &thread, nil,
      { raw in
        guard let raw = unsafe raw else { return nil }
        unsafe Unmanaged<Loop>.fromOpaque(raw).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard status == 0 else {
      unsafe context.release()
      throw StorageError(.open, path: name, detail: "the system gives no thread", errno: status)
    }
    pthread_detach(thread)
  }

  deinit { loop.stop() }

  /// Runs the tick soon.
  package func wake() { loop.wake() }

  /// Runs a job after those queued before; false when the thread has been stopped and the job will never run.
  package func perform(_ job: @escaping @Sendable () -> Void) -> Bool { loop.enqueue(job) }

  /// Runs a job and waits for it.
  ///
  /// - Throws: what the job throws; `.shuttingDown` after `stop`.
  package func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws(StorageError) -> Value
  ) async throws(StorageError) -> Value {
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<Value, StorageError>, Never>) in
      let accepted = loop.enqueue {
        continuation.resume(returning: Result { () throws(StorageError) in try work() })
      }
      if !accepted { continuation.resume(returning: .failure(StorageError(.shuttingDown, path: ""))) }
    }
    return try result.get()
  }

  /// Takes no more jobs and ends after those queued.
  package func stop() { loop.stop() }
}

/// The thread's side, which lives as long as the thread. Its fields are guarded by `mutex`.
@safe
private final class Loop: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let interval: Int64
  private let tick: @Sendable () -> Void
  private var jobs: [@Sendable () -> Void] = []
  private var isWoken = false
  private var isStopped = false

  init(interval: Int64, tick: @escaping @Sendable () -> Void) {
    self.interval = interval
    self.tick = tick
    unsafe pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(condition, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  private func locked<Value>(_ body: () -> Value) -> Value {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return body()
  }

  func wake() {
    locked { isWoken = true }
    unsafe pthread_cond_signal(condition)
  }

  func enqueue(_ job: @escaping @Sendable () -> Void) -> Bool {
    let accepted = locked {
      if !isStopped { jobs.append(job) }
      return !isStopped
    }
    unsafe pthread_cond_signal(condition)
    return accepted
  }

  func stop() {
    locked { isStopped = true }
    unsafe pthread_cond_signal(condition)
  }

  func run() {
    var nextTick = MonotonicClock.now() + interval
    while true {
      let (batch, isDue, isEnding) = waitForWork(until: nextTick)
      for job in batch { job() }
      if isDue, !isEnding {
        tick()
        nextTick = MonotonicClock.now() + interval
      }
      if isEnding, batch.isEmpty { return }
    }
  }

  private func waitForWork(until deadline: Int64) -> (jobs: [@Sendable () -> Void], isDue: Bool, isEnding: Bool) {
    locked {
      while jobs.isEmpty, !isWoken, !isStopped, MonotonicClock.now() < deadline {
        var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        _ = unsafe pthread_cond_timedwait(condition, mutex, &time)
      }
      let taken = jobs
      let isDue = isWoken || MonotonicClock.now() >= deadline
      jobs = []
      isWoken = false
      return (taken, isDue, isStopped)
    }
  }
}

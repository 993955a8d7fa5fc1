import Glibc

/// A first-in first-out queue of jobs that threads wait on.
///
/// `@unchecked Sendable`: every access to the mutable state happens under `mutex`.
@safe
final class JobQueue: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var jobs: [@Sendable () -> Void] = []
  /// Index of the first job that waits; the ones before it were taken.
  private var head = 0
  private var isClosed = false

  init() {
    unsafe mutex = .allocate(capacity: 1)
    unsafe condition = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe condition.initialize(to: pthread_cond_t())
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Adds a job; false when the queue is closed.
  func push(_ job: @Sendable @escaping () -> Void) -> Bool {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    if isClosed { return false }
    jobs.append(job)
    unsafe pthread_cond_signal(condition)
    return true
  }

  /// Waits for a job; nil when the queue is closed and empty.
  func pop() -> (@Sendable () -> Void)? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while head == jobs.count {
      if isClosed { return nil }
      unsafe pthread_cond_wait(condition, mutex)
    }
    let job = jobs[head]
    head += 1
    if head == jobs.count {
      jobs.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 1024 {
      jobs.removeFirst(head)
      head = 0
    }
    return job
  }

  /// Refuses further jobs and lets the waiting threads end once the queued ones are done.
  func close() {
    unsafe pthread_mutex_lock(mutex)
    isClosed = true
    unsafe pthread_cond_broadcast(condition)
    unsafe pthread_mutex_unlock(mutex)
  }
}

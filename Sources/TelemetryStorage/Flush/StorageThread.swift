internal import Glibc

/// A thread of the operating system, for work that blocks.
package struct StorageThread: Sendable {
  private let identifier: pthread_t

  /// Starts a thread; nil when the system has none to give.
  ///
  /// - Parameter name: at most 15 bytes are shown by the system.
  package init?(name: String, _ body: @escaping @Sendable () -> Void) {
    let start = unsafe Unmanaged.passRetained(Start(name: name, body: body))
    var thread = pthread_t()
    let status = unsafe pthread_create(&thread, nil, { argument in
      guard let argument = unsafe argument else { return nil }
      let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
      unsafe pthread_setname_np(pthread_self(), String(start.name.prefix(15)))
      start.body()
      return nil
    }, start.toOpaque())
    guard status == 0 else {
      unsafe start.release()
      return nil
    }
    identifier = thread
  }

  /// Blocks until the thread has ended. Call once, or `detach`.
  package func join() { unsafe pthread_join(identifier, nil) }

  /// The thread ends on its own.
  package func detach() { pthread_detach(identifier) }

  private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Runs blocking work on a thread of its own while the caller's task waits; on the caller's thread when the system has
  /// none to give.
  package static func run<Value: Sendable>(
    name: String, _ work: @escaping @Sendable () throws(StorageError) -> Value
  ) async throws(StorageError) -> Value {
    let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, StorageError>, Never>) in
      let body: @Sendable () -> Void = { continuation.resume(returning: Result { () throws(StorageError) in try work() }) }
      if let thread = StorageThread(name: name, body) { thread.detach() } else { body() }
    }
    return try result.get()
  }
}

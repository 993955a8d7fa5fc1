#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One child process of the same program, with a pipe as its standard input that ends when this process does.
struct ChildProcess: Sendable {
  let identifier: pid_t
  private let keepAlive: Int32

  /// Starts the program at `path`.
  ///
  /// The child is in a process group of its own, so that Ctrl-C reaches only the supervisor, which then stops the
  /// children.
  init(path: String, arguments: [String], environment: [String]) throws(SpawnFailure) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw SpawnFailure(code: errno) }
    // The writing end must not live on in later children, or this child would outlast its parent.
    _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    posix_spawn_file_actions_addclose(&actions, ends[0])
    posix_spawnattr_init(&attributes)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    var argumentPointers: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    var environmentPointers: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) }
    argumentPointers.append(nil)
    environmentPointers.append(nil)
    var child = pid_t()
    let code = posix_spawn(&child, path, &actions, &attributes, argumentPointers, environmentPointers)
    for pointer in argumentPointers + environmentPointers { free(pointer) }
    posix_spawn_file_actions_destroy(&actions)
    posix_spawnattr_destroy(&attributes)
    close(ends[0])
    guard code == 0 else {
      close(ends[1])
      throw SpawnFailure(code: code)
    }
    identifier = child
    keepAlive = ends[1]
  }

  /// True while the process runs; once false, the process is reaped and must not be asked again.
  func isRunning() -> Bool {
    var status: Int32 = 0
    if waitpid(identifier, &status, WNOHANG) == 0 { return true }
    close(keepAlive)
    return false
  }

  /// Sends a signal.
  func signal(_ number: Int32) { kill(identifier, number) }
}

/// A process could not be started.
struct SpawnFailure: Error, CustomStringConvertible {
  let code: Int32
  var description: String { "a service could not be started: \(String(cString: strerror(code)))" }
}

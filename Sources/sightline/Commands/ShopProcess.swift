import FoundationEssentials
import Glibc
import Synchronization

/// The Shop as a child process; it ends when this process ends or `stop` is called.
final class ShopProcess: Sendable {
  static let missing = "the Shop's program, sightline-shop, is not beside sightline; build it with script/build"

  private let pid = Mutex<pid_t>(0)

  /// The path of `sightline-shop`, which stands beside this program.
  static func program() -> String? {
    guard let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
      let slash = own.lastIndex(of: "/")
    else { return nil }
    let path = own[...slash] + "sightline-shop"
    return FileManager.default.isExecutableFile(atPath: String(path)) ? String(path) : nil
  }

  func start(_ program: String, arguments: [String]) {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    // The line with the server's address stays the last one; what goes wrong still shows on standard error.
    unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    let child = unsafe ShopProcess.withArguments([program] + arguments) { pointers in
      var child: pid_t = 0
      return unsafe posix_spawn(&child, program, &actions, nil, pointers, environ) == 0 ? child : 0
    }
    pid.withLock { $0 = child }
  }

  /// Asks the Shop to end and waits until it has.
  func stop() {
    let child = pid.withLock { pid in
      defer { pid = 0 }
      return pid
    }
    guard child > 0 else { return }
    kill(child, SIGTERM)
    var status: Int32 = 0
    unsafe waitpid(child, &status, 0)
  }

  /// Runs another program in place of this one; returns only when that fails.
  static func replaceThisProcess(with program: String, arguments: [String]) {
    unsafe withArguments([program] + arguments) { pointers in _ = unsafe execv(program, pointers) }
  }

  private static func withArguments<Result>(
    _ arguments: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    return unsafe body(&pointers)
  }
}

/// Hands buffered output to whoever reads this process's standard output.
func flushOutput() { fflush(nil) }

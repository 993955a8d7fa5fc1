import Glibc

/// The terminal or pipe that a command writes to.
struct Terminal: Sendable {
  /// Whether standard output is a terminal that wants colour.
  let isColoured: Bool
  /// Whether standard output is a terminal.
  let isTerminal: Bool
  /// Whether progress may be shown on standard error.
  let showsProgress: Bool
  /// Columns; 120 where no terminal says otherwise.
  let width: Int

  init() {
    isTerminal = isatty(STDOUT_FILENO) == 1
    showsProgress = isatty(STDERR_FILENO) == 1
    let noColour = Terminal.variable("NO_COLOR").map { !$0.isEmpty } ?? false
    isColoured = isTerminal && !noColour && Terminal.variable("TERM") != "dumb"
    width = Terminal.windowWidth() ?? Terminal.variable("COLUMNS").flatMap { Int($0) }.map { max($0, 40) } ?? 120
  }

  /// For tests and for other outputs than standard output.
  init(isColoured: Bool, isTerminal: Bool, width: Int) {
    self.isColoured = isColoured
    self.isTerminal = isTerminal
    self.showsProgress = false
    self.width = width
  }

  /// A variable of the environment.
  static func variable(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }

  private static func windowWidth() -> Int? {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return max(Int(size.ws_col), 40)
  }

  /// Writes a line to standard output. When nobody reads any more the process ends, quietly, as `head` expects.
  func print(_ line: String) { Terminal.write(line + "\n", to: STDOUT_FILENO) }

  /// Writes a line to standard error.
  func note(_ line: String) { Terminal.write(line + "\n", to: STDERR_FILENO) }

  /// Shows how far the work is, in place of what was shown before.
  func progress(_ text: String) {
    if showsProgress { Terminal.write("\r\u{1b}[2K" + text, to: STDERR_FILENO) }
  }

  /// Takes the progress away.
  func clearProgress() {
    if showsProgress { Terminal.write("\r\u{1b}[2K", to: STDERR_FILENO) }
  }

  private static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while unsafe !rest.isEmpty {
        let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        if count < 0, errno == EPIPE, descriptor == STDOUT_FILENO { _exit(0) }
        guard count > 0 else { return }
        unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
  }
}

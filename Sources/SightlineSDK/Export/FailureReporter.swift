import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Says on standard error what goes wrong: one line for each kind of failure until that kind has been overcome.
final class FailureReporter: Sendable {
  private let reported = Mutex<Set<String>>([])
  private let write: (@Sendable (String) -> Void)?

  private let prefix: String

  /// - Parameters:
  ///   - service: named in every line, since several services may share a terminal.
  ///   - write: takes one line without its end; nil says nothing.
  init(service: String = "", _ write: (@Sendable (String) -> Void)?) {
    prefix = service.isEmpty ? "sightline-sdk: " : "sightline-sdk (\(service)): "
    self.write = write
  }

  /// Writes `line` unless this kind of failure has been reported already.
  func report(_ kind: String, _ line: @autoclosure () -> String) {
    guard let write else { return }
    let isNew = reported.withLock { $0.insert(kind).inserted }
    if isNew { write(prefix + line()) }
  }

  /// Writes `line` when this kind of failure had been reported, and allows a new report.
  func overcome(_ kind: String, _ line: @autoclosure () -> String) {
    guard let write else { return }
    let wasReported = reported.withLock { $0.remove(kind) != nil }
    if wasReported { write(prefix + line()) }
  }

  /// Writes one line to standard error.
  static let standardError: @Sendable (String) -> Void = { line in
    StandardError.write(line + "\n")
  }
}

/// The standard error stream, unbuffered.
enum StandardError {
  /// Writes the text; a stream that does not take it loses it.
  static func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { systemWrite(2, $0.baseAddress, $0.count) }
      guard written > 0 else { return }
      bytes = bytes.dropFirst(written)
    }
  }

  private static func systemWrite(_ descriptor: Int32, _ base: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, base, count)
    #elseif canImport(Musl)
      Musl.write(descriptor, base, count)
    #else
      Darwin.write(descriptor, base, count)
    #endif
  }
}

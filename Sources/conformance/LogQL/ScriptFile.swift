import Glibc

/// Files of scripts.
enum ScriptFile {
  /// The text of a file.
  static func contents(_ path: String) throws(ScriptError) -> String {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ScriptError(lineNumber: 0, message: "cannot open \(path) (errno \(errno))") }
    defer { _ = close(descriptor) }
    var contents: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe read(descriptor, &buffer, buffer.count)
      guard count > 0 else {
        if count < 0 { throw ScriptError(lineNumber: 0, message: "cannot read \(path) (errno \(errno))") }
        return String(decoding: contents, as: UTF8.self)
      }
      contents += buffer[..<count]
    }
  }
}

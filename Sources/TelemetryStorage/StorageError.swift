/// What failed in the storage engine, with enough context to act on it.
package struct StorageError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Code: String, Sendable {
    /// A system call failed; `systemErrno` says how.
    case open, read, write, sync, rename, remove, list
    case diskFull
    /// Bytes do not match their checksum, or do not follow the format.
    case damaged
    /// A format version newer than this program.
    case unsupportedFormat
    /// An encoding of one column that this program does not know; other columns are readable.
    case unknownEncoding
    /// Another process has the folder.
    case locked
    /// What is to be made is there already.
    case nameInUse
    case shuttingDown
    /// A predicate cannot be evaluated or kept.
    case invalidPredicate
    /// The query that asked has been cancelled.
    case cancelled
  }

  package let code: Code
  package let path: String
  /// What exactly, in words; may be empty.
  package let detail: String
  /// The `errno` value, or zero when no system call failed.
  package let systemErrno: Int32

  package init(_ code: Code, path: String, detail: String = "", errno: Int32 = 0) {
    self.code = errno == noSpaceErrno ? .diskFull : code
    self.path = path
    self.detail = detail
    systemErrno = errno
  }

  package var description: String {
    var text = "\(code.rawValue) failed for \(path)"
    if !detail.isEmpty { text += ": \(detail)" }
    if systemErrno != 0 { text += " (errno \(systemErrno))" }
    return text
  }
}

/// `ENOSPC`, the same number on Linux and Darwin.
private let noSpaceErrno: Int32 = 28

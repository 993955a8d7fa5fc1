/// The few file operations that storage needs, behind a protocol so that tests can fail and crash at any of them.
///
/// Paths are absolute or relative to the working directory. Every call may block: use a storage thread.
package protocol FileSystem: Sendable {
  /// Opens an existing file for reading.
  func openForReading(_ path: String) throws(StorageError) -> any StoredFile
  /// Creates a file (or truncates it) for appending.
  func create(_ path: String) throws(StorageError) -> any StoredFile
  /// Opens a file for appending at its end; creates it when it is missing.
  func openForAppending(_ path: String) throws(StorageError) -> any StoredFile
  func createDirectory(_ path: String) throws(StorageError)
  /// Names in a directory, sorted; empty when it does not exist.
  func list(_ path: String) throws(StorageError) -> [String]
  func exists(_ path: String) -> Bool
  /// Replaces `target` atomically.
  func rename(_ source: String, to target: String) throws(StorageError)
  /// Removes a file or an empty directory; nothing when there is none.
  func remove(_ path: String) throws(StorageError)
  /// Removes a directory with everything in it, not what links in it lead to; nothing when there is none.
  func removeTree(_ path: String) throws(StorageError)
  /// Gives a file that does not change any more a second name; copies it, durably, where the volume has no links or the
  /// names lie on two of them.
  func link(_ source: String, to target: String) throws(StorageError)
  /// Makes creations, renames and removals in a directory durable.
  func syncDirectory(_ path: String) throws(StorageError)
  /// Bytes that can still be written where `path` lies.
  func availableBytes(_ path: String) throws(StorageError) -> Int64
  /// Bytes of the whole volume where `path` lies; nil when unknown.
  func totalBytes(_ path: String) -> Int64?
}

extension FileSystem {
  package func totalBytes(_ path: String) -> Int64? { nil }
}

/// One open file; closed when the last reference goes. Safe to read from several threads, to append from one.
package protocol StoredFile: AnyObject, Sendable {
  var path: String { get }
  func byteCount() throws(StorageError) -> Int
  /// Exactly `count` bytes at `offset`; a short file is `.damaged`.
  func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8]
  /// Appends all bytes at the end.
  func append(_ bytes: UnsafeRawBufferPointer) throws(StorageError)
  /// Makes the content durable (`fdatasync`).
  func sync() throws(StorageError)
  /// Cuts the file to `byteCount`.
  func truncate(to byteCount: Int) throws(StorageError)
  /// Tells the kernel that the cached pages will not be needed.
  func dropCache()
}

extension StoredFile {
  package func append(_ bytes: [UInt8]) throws(StorageError) {
    var failure: StorageError?
    unsafe bytes.withUnsafeBytes { buffer in
      do throws(StorageError) { try unsafe append(buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}

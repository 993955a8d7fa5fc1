internal import Glibc

/// The data folder belongs to one process: `flock` on a file in it, held while this object lives.
package final class FolderLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `.locked` when another process (or another store of this one) has the folder.
  package init(path: String) throws(StorageError) {
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw StorageError(.open, path: path, errno: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw StorageError(.locked, path: path, detail: "another process uses this data folder", errno: errno)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}

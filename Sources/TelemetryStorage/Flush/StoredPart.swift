internal import Synchronization

/// A part that queries read, and its file: removed when the last snapshot that holds it goes, if it was dropped.
package final class StoredPart: Sendable {
  package let entry: PartEntry
  package let path: String
  package let reader: PartReader
  private let fileSystem: any FileSystem
  private let isDropped = Atomic<Bool>(false)

  package init(entry: PartEntry, path: String, reader: PartReader, fileSystem: any FileSystem) {
    self.entry = entry
    self.path = path
    self.reader = reader
    self.fileSystem = fileSystem
  }

  /// Deletes the file with the last reference. The manifest must not list the part any more: a failed removal is made good
  /// when the store opens next.
  package func removeWhenReleased() { isDropped.store(true, ordering: .relaxed) }

  deinit {
    if isDropped.load(ordering: .relaxed) { try? fileSystem.remove(path) }
  }
}

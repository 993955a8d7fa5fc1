internal import Synchronization

/// A part that queries read, and its file: removed when the last snapshot that holds it goes, if it was dropped.
package final class StoredPart: Sendable {
  package let entry: PartEntry
  package let path: String
  package let reader: PartReader
  /// The rows that tombstones delete; nil when there are none.
  package let deletions: PartDeletions?
  private let fileSystem: any FileSystem
  private let isDropped = Atomic<Bool>(false)

  package init(
    entry: PartEntry, path: String, reader: PartReader, fileSystem: any FileSystem, deletions: PartDeletions? = nil
  ) {
    self.entry = entry
    self.deletions = deletions
    self.path = path
    self.reader = reader
    self.fileSystem = fileSystem
  }

  /// The blocks as queries see them: without deleted rows.
  package var blocks: [any BlockSource] { deletions?.apply(to: reader.blocks) ?? reader.blocks }

  /// The same part with other deleted rows. This object must not delete the file.
  package func with(_ deletions: PartDeletions) -> StoredPart {
    StoredPart(entry: entry, path: path, reader: reader, fileSystem: fileSystem, deletions: deletions)
  }

  /// Deletes the file with the last reference. The manifest must not list the part any more: a failed removal is made good
  /// when the store opens next.
  package func removeWhenReleased() { isDropped.store(true, ordering: .relaxed) }

  deinit {
    if isDropped.load(ordering: .relaxed) { try? fileSystem.remove(path) }
  }
}

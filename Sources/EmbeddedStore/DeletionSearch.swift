import TelemetryStorage

/// The rows of parts that a deletion hides, found part by part without a lock: parts do not change, they are replaced.
struct DeletionSearch: Sendable {
  private struct Found: Sendable {
    let part: StoredPart
    let deletions: PartDeletions?
    let rowCount: Int
  }

  /// What is looked for; its limit and its count of rows are not known yet.
  let tombstone: Tombstone
  private var found: [PartKey: Found] = [:]

  init(_ tombstone: Tombstone) { self.tombstone = tombstone }

  /// The parts that may hold such rows and have not been read, or have been replaced since.
  func unread(_ parts: [StoredPart]) -> [StoredPart] {
    parts.filter { tombstone.concerns($0.entry) && found[$0.entry.key]?.part !== $0 }
  }

  /// Reads parts.
  ///
  /// - Throws: what `PartDeletions.apply` throws.
  mutating func read(_ parts: [StoredPart]) throws(StorageError) {
    for part in parts {
      let (deletions, rowCount) = try PartDeletions.apply(tombstone, to: part)
      found[part.entry.key] = Found(part: part, deletions: deletions, rowCount: rowCount)
    }
  }

  /// What the deletion changes of these parts, all of which have been read.
  func changes(of parts: [StoredPart]) -> (deletions: [PartKey: PartDeletions], rowCount: Int) {
    var changed: [PartKey: PartDeletions] = [:]
    var rowCount = 0
    for part in parts {
      guard let found = found[part.entry.key], found.rowCount > 0, let deletions = found.deletions else { continue }
      changed[part.entry.key] = deletions
      rowCount += found.rowCount
    }
    return (changed, rowCount)
  }
}

package import TelemetryModel

/// Writes parts.
///
/// A part appears under its name only when it is whole and durable: it is written beside it, synced and renamed, and
/// the folder synced. Cost: about a microsecond of CPU a row.
package enum PartWriter {
  /// Sorts the rows of `batches` (at least one, all of one signal) and writes them as one part, column by column: beside
  /// the batches no more memory is taken than a column's copies and the encoded bytes.
  ///
  /// Blocks for the writes and two syncs: call it from a storage thread.
  ///
  /// - Parameter path: the part's final path; its folder exists. A file there is replaced.
  /// - Throws: what the file system throws; the temporary file is removed then.
  package static func write(
    _ batches: [RecordBatch], to path: String, in fileSystem: any FileSystem, identity: PartIdentity
  ) throws(StorageError) -> PartSummary {
    try write(to: path, in: fileSystem) { file throws(StorageError) in
      var assembly = PartAssembly(file: file, identity: identity)
      var rows = SortedRows(batches)
      return try assembly.write(&rows)
    }
  }

  /// Gives a file to `content` and puts it, durable, under its name.
  static func write(
    to path: String, in fileSystem: any FileSystem,
    content: (any StoredFile) throws(StorageError) -> PartSummary
  ) throws(StorageError) -> PartSummary {
    let temporary = path + ".tmp"
    let summary: PartSummary
    do throws(StorageError) {
      let file = try fileSystem.create(temporary)
      summary = try content(file)
      try file.sync()
      try fileSystem.rename(temporary, to: path)
    } catch {
      // The first failure is what counts; a rest that cannot be removed now is removed when the store opens.
      try? fileSystem.remove(temporary)
      throw error
    }
    try fileSystem.syncDirectory(directory(of: path))
    return summary
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

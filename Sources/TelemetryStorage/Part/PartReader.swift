import TelemetryEncoding
import TelemetryModel
package import TelemetryStore

/// An open part.
///
/// Opening reads the end of the file once (twice when identity tables are large) and checks the checksums of
/// everything but the chunks; those are checked whenever they are read. Safe to share; the file stays readable after it
/// was unlinked.
package final class PartReader: Sendable {
  package let summary: PartSummary
  /// The blocks in file order.
  package let blocks: [any BlockSource]
  private let part: PartFile

  /// - Throws: `.damaged`, `.unsupportedFormat` for a newer major, or what the file system throws.
  package init(path: String, fileSystem: any FileSystem) throws(StorageError) {
    let part = try PartFile(fileSystem.openForReading(path))
    self.part = part
    summary = part.directory.summary(byteCount: part.fileBytes)
    blocks = part.blocks.indices.map { PartBlock(part: part, number: $0) }
  }

  /// Every column with its encodings and bytes over all blocks, then the sections.
  package func storedColumns() -> [StoreInventory.StoredColumn] {
    let schema = part.directory.schema
    var encodings = [Set<String>](repeating: [], count: schema.count)
    var rows = [Int](repeating: 0, count: schema.count)
    var bytes = [Int](repeating: 0, count: schema.count)
    for block in part.blocks {
      for chunk in block.chunks {
        let name = ColumnEncoding(rawValue: chunk.encoding)?.name ?? "unknown_\(chunk.encoding)"
        encodings[chunk.schemaEntry].insert(name)
        rows[chunk.schemaEntry] += chunk.valueCount
        bytes[chunk.schemaEntry] += chunk.byteCount
      }
    }
    var stored = schema.indices.map { index in
      StoreInventory.StoredColumn(
        name: schema[index].inventoryName, type: ValueType(rawValue: schema[index].type)?.name ?? "unknown",
        encodings: encodings[index].sorted(), rowCount: rows[index], byteCount: bytes[index])
    }
    for section in part.directory.sections {
      stored.append(
        StoreInventory.StoredColumn(
          name: PartSection(rawValue: section.kind)?.name ?? "section_\(section.kind)", type: "section", encodings: [],
          rowCount: 0, byteCount: section.byteCount))
    }
    stored.append(
      StoreInventory.StoredColumn(
        name: "index", type: "section", encodings: [], rowCount: 0, byteCount: part.indexBytes))
    return stored
  }

  /// Reads everything and checks every checksum.
  ///
  /// - Parameter pace: called between blocks; throws to end the check.
  /// - Throws: `.damaged` for the first piece that does not match.
  package func verify(pace: () throws(StorageError) -> Void = { () throws(StorageError) in }) throws(StorageError) {
    let path = part.file.path
    let header = try part.file.read(at: 0, count: PartFormat.headerBytes)
    do throws(EncodingError) {
      var reader = EncodingReader(header)
      let magic = try reader.fixed(UInt32.self)
      let major = try reader.fixed(UInt16.self)
      _ = try reader.fixed(UInt16.self)
      let signal = try reader.byte()
      guard magic == PartFormat.magic, major == PartFormat.major, signal == summary.signal.rawValue else {
        throw EncodingError(.damaged, "does not fit the trailer")
      }
    } catch {
      throw StorageError(error, path: path, what: "header")
    }
    for (number, block) in part.blocks.enumerated() {
      try pace()
      let chunks = try ChunkBytes(part.file, block.chunks.map(\.range))
      do throws(EncodingError) {
        for chunk in block.chunks {
          let (bytes, range) = chunks[chunk.range]
          try ColumnChunk.verify(bytes, range)
        }
      } catch {
        throw StorageError(error, path: path, what: "block \(number)")
      }
    }
    let reopened = try PartFile(part.file)
    _ = try reopened.series()
    _ = try reopened.valueFilters()
  }
}

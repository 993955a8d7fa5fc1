import TelemetryEncoding
import TelemetryModel

/// Chunks as they are stored, from the cache or the file.
extension PartBlock {
  func encoded(_ keys: Set<ColumnKey>, identities: Bool) throws(StorageError) -> EncodedChunks? {
    signal == .metrics ? nil : try chunks(keys, identities: identities)
  }

  func encodedPoints(_ keys: Set<ColumnKey>) throws(StorageError) -> EncodedChunks? {
    signal == .metrics ? try chunks(keys, identities: false) : nil
  }

  private func chunks(_ keys: Set<ColumnKey>, identities: Bool) throws(StorageError) -> EncodedChunks {
    let schema = part.directory.schema
    var wanted: [PartChunk] = []
    for chunk in part.blocks[number].chunks {
      let entry = schema[chunk.schemaEntry]
      guard entry.table == 0, let role = PartSchemaEntry.Role(rawValue: entry.role) else { continue }
      switch role {
      case .column:
        guard let key = entry.key, keys.contains(key), EncodedColumn.canOpen(encoding: chunk.encoding) else { continue }
        wanted.append(chunk)
      case .resourceCodes, .scopeCodes: if identities { wanted.append(chunk) }
      case .seriesCodes, .parentRows: continue
      }
    }
    var chunks = PartCaches.chunks.values(ofPart: part.cacheKey, at: wanted.map(\.offset))
    let missing = wanted.filter { chunks[$0.offset] == nil }
    var found = EncodedChunks()
    if !missing.isEmpty {
      let bytes = try ChunkBytes(part.file, missing.map(\.range))
      found.byteCount = bytes.byteCount
      do throws(EncodingError) {
        for chunk in missing {
          let opened = try open(chunk, bytes)
          PartCaches.chunks.insert(opened, cost: opened.byteCount, part: part.cacheKey, place: chunk.offset)
          chunks[chunk.offset] = opened
        }
      } catch {
        throw StorageError(error, path: part.file.path, what: "block \(number)")
      }
    }
    for chunk in wanted {
      let entry = schema[chunk.schemaEntry]
      switch chunks[chunk.offset] {
      case .column(let column)?: found.columns[column.key] = column
      case .codes(let codes)?:
        if entry.role == PartSchemaEntry.Role.resourceCodes.rawValue {
          found.resourceCodes = codes
        } else {
          found.scopeCodes = codes
        }
      case .filters?, nil: continue
      }
    }
    return found
  }

  /// A filter that cannot be read prunes nothing; the damage shows when the part is verified.
  func valueFilter(_ key: ColumnKey) -> ValueFilter? {
    guard let filters = try? part.valueFilters(), number < filters.count else { return nil }
    let wanted = PartSchemaEntry(key, table: nil)
    return part.directory.schema.firstIndex(of: wanted).flatMap { filters[number][$0] }
  }

  private func open(_ chunk: PartChunk, _ bytes: ChunkBytes) throws(EncodingError) -> CachedChunk {
    let entry = part.directory.schema[chunk.schemaEntry]
    let (content, range) = bytes[chunk.range]
    if let key = entry.key {
      return .column(try EncodedColumn(key, content, range, rowCount: rowCount))
    }
    let isResource = entry.role == PartSchemaEntry.Role.resourceCodes.rawValue
    return .codes(
      try EncodedCodes(content, range, rowCount: rowCount, limit: isResource ? resources.count : scopes.count))
  }
}

import Synchronization
import TelemetryEncoding
import TelemetryModel

/// What the blocks of one open part share: the file, the index and the identity tables. Immutable.
final class PartFile: Sendable {
  let file: any StoredFile
  let directory: PartDirectory
  let fileBytes: Int
  let blocks: [PartBlockEntry]
  let indexBytes: Int
  let resources: [Resource]
  let scopes: [InstrumentationScope]
  /// One per block; empty when the part has none.
  let filters: [SplitBlockFilter]
  /// Made when a question first needs it; some hundred bytes.
  private let knownIdentityFields = AtomicLazyReference<IdentityFields>()
  private let seriesSection: PartSectionEntry?
  private let valueFilterSection: PartSectionEntry?
  /// Names this open part in the caches of series tables, point directories and chunks.
  let cacheKey = PartCaches.makeKey()

  /// Reads and checks everything but the chunks.
  init(_ file: any StoredFile) throws(StorageError) {
    self.file = file
    var tail = try PartTail(file)
    let trailer = try tail.trailer()
    fileBytes = tail.fileBytes
    indexBytes = trailer.index.count
    try tail.cover(from: min(trailer.summary.lowerBound, trailer.index.lowerBound))
    var summary = try tail.reader(trailer.summary, checksum: trailer.summaryChecksum, "summary")
    var index = try tail.reader(trailer.index, checksum: trailer.indexChecksum, "index")
    let path = file.path
    let directory: PartDirectory
    let blocks: [PartBlockEntry]
    do throws(EncodingError) {
      directory = try PartDirectory(&summary, fileBytes: tail.fileBytes)
      blocks = try PartFile.blocks(&index, directory, fileBytes: tail.fileBytes)
    } catch {
      throw StorageError(error, path: path, what: "index")
    }
    self.directory = directory
    self.blocks = blocks

    valueFilterSection = directory.sections.first { $0.kind == PartSection.valueFilters.rawValue }
    let known = directory.sections.filter { entry in
      PartSection(rawValue: entry.kind).map { $0 != .valueFilters } ?? false
    }
    try tail.cover(from: known.map(\.offset).min() ?? tail.fileBytes)
    var readers: [PartSection: EncodingReader] = [:]
    for entry in known {
      guard let section = PartSection(rawValue: entry.kind) else { continue }
      let range = entry.offset..<entry.offset + entry.byteCount
      readers[section] = try tail.reader(range, checksum: entry.checksum, section.name)
    }
    do throws(EncodingError) {
      var resources: [Resource] = []
      if var reader = readers[.resources] { resources = try IdentityTables.decodeResources(&reader) }
      self.resources = resources
      var scopes: [InstrumentationScope] = []
      if var reader = readers[.scopes] { scopes = try IdentityTables.decodeScopes(&reader) }
      self.scopes = scopes
      var filters: [SplitBlockFilter] = []
      if var reader = readers[.traceFilters] { filters = try PartFile.filters(&reader, blockCount: blocks.count) }
      self.filters = filters
    } catch {
      throw StorageError(error, path: path, what: "identity tables and filters")
    }
    seriesSection = known.first { $0.kind == PartSection.series.rawValue }
  }

  deinit { PartCaches.remove(part: cacheKey) }

  /// The fields of resources and scopes.
  var identityFields: IdentityFields {
    knownIdentityFields.load()
      ?? knownIdentityFields.storeIfNil(IdentityFields(resources: resources, scopes: scopes))
  }

  /// The series table: from the cache, else read, checked and decoded. Most parts are opened for their names and times
  /// only, and the tables of all parts would not fit in memory.
  func series() throws(StorageError) -> SeriesColumns {
    guard let section = seriesSection else { return .none }
    if let series = PartCaches.series[cacheKey, 0] { return series }
    let bytes = try file.read(at: section.offset, count: section.byteCount)
    guard Checksum.crc32c(bytes, 0..<bytes.count) == section.checksum else {
      throw StorageError(.damaged, path: file.path, detail: "series: does not match its checksum")
    }
    do throws(EncodingError) {
      var reader = EncodingReader(bytes)
      let series = try SeriesTable.decode(
        &reader, resources: resources, scopes: scopes, known: PartCaches.series.newest)
      PartCaches.series.insert(series, cost: series.count, part: cacheKey, place: 0)
      return series
    } catch {
      throw StorageError(error, path: file.path, what: "series")
    }
  }

  /// The filters of the blocks' values, by block and by ordinal in the schema: from the cache, else read, checked and
  /// decoded; empty for a part without them.
  func valueFilters() throws(StorageError) -> [[Int: ValueFilter]] {
    guard let section = valueFilterSection else { return [] }
    if case .filters(let filters, _)? = PartCaches.chunks[cacheKey, section.offset] { return filters }
    let bytes = try file.read(at: section.offset, count: section.byteCount)
    guard Checksum.crc32c(bytes, 0..<bytes.count) == section.checksum else {
      throw StorageError(.damaged, path: file.path, detail: "value filters: do not match their checksum")
    }
    var filters: [[Int: ValueFilter]] = []
    do throws(EncodingError) {
      var reader = EncodingReader(bytes)
      for _ in blocks {
        var ofBlock: [Int: ValueFilter] = [:]
        for _ in 0..<(try reader.count(limit: directory.schema.count)) {
          let entry = try reader.count(limit: max(0, directory.schema.count - 1))
          ofBlock[entry] = try ValueFilter(&reader)
        }
        filters.append(ofBlock)
      }
    } catch {
      throw StorageError(error, path: file.path, what: "value filters")
    }
    PartCaches.chunks.insert(
      .filters(filters, byteCount: bytes.count), cost: bytes.count, part: cacheKey, place: section.offset)
    return filters
  }

  private static func blocks(
    _ reader: inout EncodingReader, _ directory: PartDirectory, fileBytes: Int
  ) throws(EncodingError) -> [PartBlockEntry] {
    var blocks: [PartBlockEntry] = []
    var rowCount = 0
    for _ in 0..<directory.blockCount {
      let block = try PartBlockEntry(&reader, schemaCount: directory.schema.count, fileBytes: fileBytes)
      rowCount += block.rowCount
      blocks.append(block)
    }
    guard rowCount == directory.rowCount else {
      throw EncodingError(.damaged, "the blocks have another number of rows")
    }
    return blocks
  }

  private static func filters(
    _ reader: inout EncodingReader, blockCount: Int
  ) throws(EncodingError) -> [SplitBlockFilter] {
    var filters: [SplitBlockFilter] = []
    for _ in 0..<blockCount {
      let byteCount = try reader.fixedCount(limit: reader.remaining)
      var words: [UInt32] = []
      words.reserveCapacity(byteCount / 4)
      for _ in 0..<byteCount / 4 { words.append(try reader.fixed()) }
      filters.append(try SplitBlockFilter(words: words))
    }
    return filters
  }
}

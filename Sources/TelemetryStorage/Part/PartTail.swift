import TelemetryEncoding

/// What the trailer says.
struct PartTrailer {
  let summary: Range<Int>
  let summaryChecksum: UInt32
  let index: Range<Int>
  let indexChecksum: UInt32
}

/// The end of a part file in memory, grown towards the front when a section lies before it.
struct PartTail {
  let file: any StoredFile
  let fileBytes: Int
  private var bytes: [UInt8]
  /// Where `bytes` begins in the file; it ends at the file's end.
  private var start: Int

  init(_ file: any StoredFile) throws(StorageError) {
    self.file = file
    let fileBytes = try file.byteCount()
    guard fileBytes >= PartFormat.headerBytes + PartFormat.trailerBytes else {
      throw StorageError(.damaged, path: file.path, detail: "\(fileBytes) bytes are no part")
    }
    self.fileBytes = fileBytes
    start = max(0, fileBytes - PartFormat.tailBytes)
    bytes = try file.read(at: start, count: fileBytes - start)
  }

  /// Reads the trailer and refuses formats that this version cannot read.
  func trailer() throws(StorageError) -> PartTrailer {
    let first = bytes.count - PartFormat.trailerBytes
    let range = first..<bytes.count
    let fields: (trailer: PartTrailer, major: UInt16, minor: UInt16)
    do throws(EncodingError) {
      var reader = try EncodingReader(bytes, range: range)
      let summaryOffset = try reader.fixed(UInt64.self)
      let summaryBytes = try reader.fixed(UInt32.self)
      let summaryChecksum = try reader.fixed(UInt32.self)
      let indexOffset = try reader.fixed(UInt64.self)
      let indexBytes = try reader.fixed(UInt32.self)
      let indexChecksum = try reader.fixed(UInt32.self)
      let major = try reader.fixed(UInt16.self)
      let minor = try reader.fixed(UInt16.self)
      _ = try reader.fixed(UInt32.self)
      let checksum = try reader.fixed(UInt32.self)
      guard try reader.fixed(UInt32.self) == PartFormat.magic else {
        throw EncodingError(.damaged, "no magic at the end")
      }
      guard Checksum.crc32c(bytes, first..<first + 40) == checksum else {
        throw EncodingError(.damaged, "does not match its checksum")
      }
      fields = (
        PartTrailer(
          summary: try region(summaryOffset, summaryBytes), summaryChecksum: summaryChecksum,
          index: try region(indexOffset, indexBytes), indexChecksum: indexChecksum), major, minor
      )
    } catch {
      throw StorageError(error, path: file.path, what: "trailer")
    }
    guard fields.major == PartFormat.major else {
      throw StorageError(
        .unsupportedFormat, path: file.path,
        detail: "part format \(fields.major).\(fields.minor); this program reads \(PartFormat.major)")
    }
    return fields.trailer
  }

  private func region(_ offset: UInt64, _ byteCount: UInt32) throws(EncodingError) -> Range<Int> {
    guard offset <= UInt64(fileBytes), UInt64(byteCount) <= UInt64(fileBytes) - offset else {
      throw EncodingError(.damaged, "points outside the file")
    }
    return Int(offset)..<Int(offset) + Int(byteCount)
  }

  /// Makes sure that everything from `offset` on is in memory; at most one read.
  mutating func cover(from offset: Int) throws(StorageError) {
    if offset >= start { return }
    let front = try file.read(at: offset, count: start - offset)
    bytes = front + bytes
    start = offset
  }

  /// A reader of `region`, after its checksum was checked.
  mutating func reader(
    _ region: Range<Int>, checksum: UInt32, _ what: String
  ) throws(StorageError) -> EncodingReader {
    try cover(from: region.lowerBound)
    let local = region.lowerBound - start..<region.upperBound - start
    guard Checksum.crc32c(bytes, local) == checksum else {
      throw StorageError(.damaged, path: file.path, detail: "\(what): does not match its checksum")
    }
    do throws(EncodingError) {
      return try EncodingReader(bytes, range: local)
    } catch {
      throw StorageError(error, path: file.path, what: what)
    }
  }
}

/// The bytes of the manifest; see docs/format/manifest.md.
enum ManifestFile {
  static let headerByteCount = 12
  private static let prefixByteCount = 8
  private static let magic: [UInt8] = Array("OTM1".utf8)
  static let formatMajor: UInt16 = 2

  static var header: [UInt8] {
    var bytes = magic
    bytes.appendStored(formatMajor)
    bytes.appendStored(UInt16(0))
    bytes.appendStored(bytes[...].castagnoli)
    return bytes
  }

  static func encode(_ edit: [ManifestOperation]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: prefixByteCount)
    for operation in edit { operation.encode(into: &bytes) }
    bytes.overwriteStored(UInt32(clamping: bytes.count - prefixByteCount), at: 0)
    bytes.overwriteStored(bytes.castagnoli(prefixByteCount..<bytes.count), at: 4)
    return bytes
  }

  /// What a manifest's bytes say.
  struct Content: Equatable {
    var state = ManifestState()
    /// Bytes up to the end of the last whole edit.
    var readableByteCount = 0
    /// The version that wrote the file; a file of an earlier one takes no edits.
    var formatMajor = ManifestFile.formatMajor
    /// What does not follow the format, in words; empty when all is well or only the last edit is incomplete.
    var damage: [String] = []
  }

  /// Reads all edits, skipping damaged ones.
  ///
  /// - Throws: `.unsupportedFormat`.
  static func decode(_ bytes: [UInt8], path: String) throws(StorageError) -> Content {
    var content = Content()
    guard bytes.count >= headerByteCount else {
      // An empty or torn header: the process ended while it created the file, before any edit.
      return content
    }
    var header = StoredBytesReader(bytes[4..<headerByteCount])
    if Array(bytes[..<4]) == magic, let major = header.integer(UInt16.self), header.integer(UInt16.self) != nil,
      header.integer(UInt32.self) == bytes[..<8].castagnoli
    {
      guard major <= formatMajor else {
        throw StorageError(
          .unsupportedFormat, path: path, detail: "manifest format \(major); this program reads \(formatMajor)")
      }
      content.formatMajor = major
    } else {
      content.damage.append("the header is damaged")
    }
    var position = headerByteCount
    content.readableByteCount = position
    while position < bytes.count {
      guard let length = editLength(bytes, at: position) else {
        // Too short for what its length says: the last edit, cut off by a crash, unless a whole one follows.
        if let next = firstEdit(bytes, after: position) {
          content.damage.append("the bytes from \(position) to \(next) are no edit")
          position = next
          continue
        }
        if operations(bytes, at: position, end: bytes.count) != nil {
          content.damage.append("the length of the edit at byte \(position) is damaged")
        }
        break
      }
      let end = position + prefixByteCount + length
      if let operations = operations(bytes, at: position, end: end) {
        for operation in operations { content.state.apply(operation) }
      } else {
        content.damage.append("the edit at byte \(position) is damaged")
      }
      position = end
      content.readableByteCount = end
    }
    return content
  }

  private static func editLength(_ bytes: [UInt8], at offset: Int) -> Int? {
    guard bytes.count - offset >= prefixByteCount else { return nil }
    var reader = StoredBytesReader(bytes[offset..<offset + 4])
    guard let length = reader.integer(UInt32.self), length > 0, Int(length) <= bytes.count - offset - prefixByteCount
    else {
      return nil
    }
    return Int(length)
  }

  /// The offset of the next whole edit behind a place where none begins.
  private static func firstEdit(_ bytes: [UInt8], after offset: Int) -> Int? {
    var candidate = offset + 1
    while candidate + prefixByteCount < bytes.count {
      if let length = editLength(bytes, at: candidate),
        operations(bytes, at: candidate, end: candidate + prefixByteCount + length) != nil
      {
        return candidate
      }
      candidate += 1
    }
    return nil
  }

  private static func operations(_ bytes: [UInt8], at offset: Int, end: Int) -> [ManifestOperation]? {
    guard end > offset + prefixByteCount else { return nil }
    var checksum = StoredBytesReader(bytes[offset + 4..<offset + 8])
    let content = bytes[offset + prefixByteCount..<end]
    guard checksum.integer(UInt32.self) == content.castagnoli else { return nil }
    var reader = StoredBytesReader(content)
    var operations: [ManifestOperation] = []
    while !reader.isAtEnd {
      guard let operation = ManifestOperation.decode(&reader) else { return nil }
      operations.append(operation)
    }
    return operations
  }
}

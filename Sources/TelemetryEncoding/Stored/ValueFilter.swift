package import TelemetryModel

/// What tells without reading a column of texts that a value is not in it: a filter of the distinct values, or of the
/// variables of its templates. See docs/format/part.md, "Value filters".
///
/// Guarantee: no false negative.
package struct ValueFilter: Sendable {
  /// What was added. Raw values are part of the format: never renumber.
  package enum Content: UInt8, Sendable {
    /// The distinct values.
    case values = 1
    /// The distinct variables of the templates but those that are kept as decimals, and of UUIDs also the pieces between
    /// dashes.
    case variables = 2
  }

  package let content: Content
  /// Bytes of the longest value or variable that was added.
  package let longest: Int
  private let filter: SplitBlockFilter

  private static let bitsPerValue = 12
  /// Fewer distinct values are found as fast by reading them.
  private static let distinctMinimum = 64
  /// Shorter variables stand in every block.
  private static let variableMinimum = 6

  /// Whether columns of the key have filters.
  package static func covers(_ key: ColumnKey) -> Bool {
    key.type == .string && (key.scope == .record || key == ColumnKey(Field.body, .string))
  }

  /// The filter of a column; nil when it is not worth one, or cannot have one.
  package init?(_ column: EncodedColumn) {
    guard case .bytes(let bytes) = column.values else { return nil }
    let isBody = column.key.scope == .intrinsic
    let added: BytesColumn?
    switch bytes.form {
    case .constant: added = nil
    case .dictionary(let table, _):
      added = isBody || table.count < ValueFilter.distinctMinimum ? nil : try? table.values()
    case .frames(let table): added = isBody ? nil : try? table.values()
    case .templates(let templates): added = isBody ? try? templates.variables() : try? templates.texts()
    }
    guard let added, added.count > 0 else { return nil }
    content = isBody ? .variables : .values
    var hashes = DistinctHashes(capacity: added.count)
    var longest = 0
    let arena = unsafe added.arena.span.bytes
    for index in 0..<added.count {
      let range = added.range(index)
      if isBody, range.count < ValueFilter.variableMinimum { continue }
      longest = max(longest, range.count)
      hashes.insert(ContentHash.of(arena, start: range.lowerBound, count: range.count))
      if isBody { ValueFilter.addPieces(added, range, to: &hashes) }
    }
    guard hashes.count >= ValueFilter.distinctMinimum else { return nil }
    self.longest = longest
    filter = SplitBlockFilter(hashes: hashes.all, bitsPerValue: ValueFilter.bitsPerValue)
  }

  /// The tokens of a UUID.
  private static func addPieces(_ column: BytesColumn, _ range: Range<Int>, to hashes: inout DistinctHashes) {
    guard column.arena[range].contains(UInt8(ascii: "-")) else { return }
    for piece in column.arena[range].split(separator: UInt8(ascii: "-")) where piece.count >= variableMinimum {
      hashes.insert(ContentHash.of(Array(piece)))
    }
  }

  /// False only when the value was not added.
  package func mayContain(_ value: [UInt8]) -> Bool {
    if content == .variables, value.count < ValueFilter.variableMinimum { return true }
    return value.count <= longest && filter.mayContain(hash: ContentHash.of(value))
  }

  package func append(to writer: inout EncodingWriter) {
    writer.append(content.rawValue)
    writer.append(varint: longest)
    writer.append(fixed: UInt32(filter.words.count * 4))
    for word in filter.words { writer.append(fixed: word) }
  }

  package init(_ reader: inout EncodingReader) throws(EncodingError) {
    guard let content = Content(rawValue: try reader.byte()) else {
      throw EncodingError(.unknownEncoding, "an unknown kind of filter")
    }
    self.content = content
    longest = try reader.count(limit: EncodingLimits.chunkBytes)
    let byteCount = try reader.fixedCount(limit: reader.remaining)
    var words: [UInt32] = []
    words.reserveCapacity(byteCount / 4)
    for _ in 0..<byteCount / 4 { words.append(try reader.fixed()) }
    filter = try SplitBlockFilter(words: words)
  }
}

/// Distinct hashes: open addressing over the hashes themselves.
private struct DistinctHashes {
  private(set) var all: [UInt64] = []
  private var slots: [UInt64]
  private var hasZero = false

  /// - Parameter capacity: hashes at most, without the pieces of UUIDs.
  init(capacity: Int) {
    var slotCount = 64
    while slotCount < capacity * 2 { slotCount *= 2 }
    slots = [UInt64](repeating: 0, count: slotCount)
  }

  var count: Int { all.count }

  mutating func insert(_ hash: UInt64) {
    if hash == 0 {
      if !hasZero { all.append(hash) }
      hasZero = true
      return
    }
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      if slots[slot] == hash { return }
      slot = (slot &+ 1) & mask
    }
    slots[slot] = hash
    all.append(hash)
    if all.count * 2 > slots.count { grow() }
  }

  private mutating func grow() {
    let mask = slots.count * 2 - 1
    slots = [UInt64](repeating: 0, count: mask + 1)
    for hash in all where hash != 0 {
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] != 0 { slot = (slot &+ 1) & mask }
      slots[slot] = hash
    }
  }
}

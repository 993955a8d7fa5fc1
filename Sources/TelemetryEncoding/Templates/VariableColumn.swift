import TelemetryModel

/// The values of one slot of a template: typed when all of them have the type's one spelling, else text.
enum VariableColumn {
  /// Raw values are part of docs/format/part.md, "Templates": never renumber.
  enum Kind: UInt8 {
    /// Few values, kept with those of other slots.
    case pooled = 0
    /// Decimals without leading zeros.
    case decimal = 1
    /// Decimals of one length.
    case paddedDecimal = 2
    /// Hexadecimal digits, an even number of them, the same in every value.
    case lowerHexadecimal = 3
    case upperHexadecimal = 4
    case uuid = 5
    case text = 6
    /// Codes into the values that slots share.
    case shared = 7
  }

  /// Fewer values than this are pooled.
  static let pooledBelow = 16

  /// The kind that fits every variable of a slot, the first of which has this length.
  static func kind(_ slot: TemplateTable.Slot, length: Int) -> Kind {
    if slot.spellings.has(Spellings.decimal) { return .decimal }
    guard slot.hasOneLength else { return .text }
    if slot.spellings.has(Spellings.digits) { return .paddedDecimal }
    if slot.spellings.has(Spellings.uuid) { return .uuid }
    guard length % 2 == 0 else { return .text }
    if slot.spellings.has(Spellings.lowerHexadecimal) { return .lowerHexadecimal }
    return slot.spellings.has(Spellings.upperHexadecimal) ? .upperHexadecimal : .text
  }

  /// Appends the payload of variables of `arena`, which all have `kind`. At least one.
  static func append(
    _ variables: Span<TextVariable>, in arena: RawSpan, kind: Kind, to writer: inout EncodingWriter
  ) {
    switch kind {
    case .decimal, .paddedDecimal:
      if kind == .paddedDecimal { writer.append(UInt8(truncatingIfNeeded: variables[0].length)) }
      var words: [Int64] = []
      words.reserveCapacity(variables.count)
      for index in variables.indices { words.append(decimal(arena, variables[index])) }
      WordCodec.appendNested(words.span, to: &writer)
    case .lowerHexadecimal, .upperHexadecimal, .uuid:
      if kind != .uuid { writer.append(varint: variables[0].length) }
      let byteCount = kind == .uuid ? 16 : variables[0].length / 2
      BytesCodec.appendNested(Hexadecimal.packed(variables, in: arena, byteCount: byteCount), to: &writer)
    case .text:
      var byteCount = 0
      for index in variables.indices { byteCount &+= variables[index].length }
      var texts: [UInt8] = []
      var ends: [UInt32] = []
      texts.reserveCapacity(byteCount)
      ends.reserveCapacity(variables.count)
      for index in variables.indices {
        unsafe arena.extracting(variables[index].range).withUnsafeBytes { unsafe texts.append(contentsOf: $0) }
        ends.append(UInt32(truncatingIfNeeded: texts.count))
      }
      BytesCodec.appendNested(BytesColumn(uncheckedArena: texts, endOffsets: ends), to: &writer)
    case .pooled, .shared: break
    }
  }

  @inline(__always)
  private static func decimal(_ arena: RawSpan, _ variable: TextVariable) -> Int64 {
    var value: Int64 = 0
    let end = variable.start &+ variable.length
    var position = variable.start
    while position < end {
      let digit = unsafe arena.unsafeLoad(fromByteOffset: position, as: UInt8.self)
      value = value &* 10 &+ Int64(digit &- 0x30)
      position &+= 1
    }
    return value
  }

  /// Decodes `count` values of a kind that has a payload of its own.
  static func decode(_ kind: Kind, count: Int, _ reader: inout EncodingReader) throws(EncodingError) -> VariableValues {
    switch kind {
    case .decimal: return .decimals(try nonNegative(WordCodec.decodeNested(count: count, &reader)), digits: 1)
    case .paddedDecimal:
      let digits = Int(try reader.byte())
      guard digits <= TemplateScanner.decimalDigits else {
        throw EncodingError(.damaged, "a decimal of \(digits) digits")
      }
      return .decimals(try nonNegative(WordCodec.decodeNested(count: count, &reader)), digits: digits)
    case .lowerHexadecimal, .upperHexadecimal:
      let digits = try reader.count(limit: EncodingLimits.chunkBytes)
      let packed = try BytesCodec.decodeNested(count: count, &reader)
      return .text(try Hexadecimal.unpacked(packed, digits: digits, isUpper: kind == .upperHexadecimal))
    case .uuid: return .text(try Hexadecimal.uuids(try BytesCodec.decodeNested(count: count, &reader)))
    case .text: return .text(try BytesCodec.decodeNested(count: count, &reader))
    case .pooled, .shared: throw EncodingError(.damaged, "variables without values of their own")
    }
  }

  private static func nonNegative(_ words: [Int64]) throws(EncodingError) -> [Int64] {
    for word in words where word < 0 { throw EncodingError(.damaged, "a negative decimal") }
    return words
  }
}

/// Decoded variables of a slot.
enum VariableValues {
  /// Numbers, spelled with at least `digits` digits.
  case decimals([Int64], digits: Int)
  case text(BytesColumn)
  /// `pool[base ..< base + count]`.
  case pooled(base: Int)
  case shared([UInt32])
}

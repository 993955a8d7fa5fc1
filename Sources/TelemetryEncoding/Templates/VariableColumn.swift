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

  /// The kind that fits every value. At least one value.
  static func kind(_ values: borrowing BytesColumn) -> Kind {
    var shape = ValueShape(values[0])
    for index in 1..<values.count where shape.kind != .text { shape.narrow(to: values[index]) }
    return shape.kind
  }

  /// Appends the payload of `values`, which all have `kind`.
  static func append(_ values: BytesColumn, kind: Kind, to writer: inout EncodingWriter) {
    switch kind {
    case .decimal, .paddedDecimal:
      if kind == .paddedDecimal { writer.append(UInt8(truncatingIfNeeded: values[0].count)) }
      var words: [Int64] = []
      words.reserveCapacity(values.count)
      for index in 0..<values.count { words.append(decimal(values[index])) }
      WordCodec.appendNested(words.span, to: &writer)
    case .lowerHexadecimal, .upperHexadecimal, .uuid:
      var packed = BytesColumn()
      packed.reserve(values: values.count, bytes: values.byteCount / 2)
      for index in 0..<values.count { packed.append(Hexadecimal.packed(values[index])) }
      if kind != .uuid { writer.append(varint: values[0].count) }
      BytesCodec.appendNested(packed, to: &writer)
    case .text: BytesCodec.appendNested(values, to: &writer)
    case .pooled, .shared: break
    }
  }

  private static func decimal(_ digits: ArraySlice<UInt8>) -> Int64 {
    var value: Int64 = 0
    for digit in digits { value = value &* 10 &+ Int64(digit &- 0x30) }
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

/// What the values of a slot have in common.
private struct ValueShape {
  private let length: Int
  private var isCanonicalDecimal: Bool
  private var isDigits: Bool
  private var isLowerHexadecimal: Bool
  private var isUpperHexadecimal: Bool
  private var isUUID: Bool
  private var hasOneLength = true

  init(_ value: ArraySlice<UInt8>) {
    length = value.count
    let spelling = Spelling(value)
    isDigits = spelling.isDigits
    isCanonicalDecimal = spelling.isCanonicalDecimal
    isLowerHexadecimal = spelling.isLowerHexadecimal
    isUpperHexadecimal = spelling.isUpperHexadecimal
    isUUID = spelling.isUUID
  }

  mutating func narrow(to value: ArraySlice<UInt8>) {
    let spelling = Spelling(value)
    if value.count != length { hasOneLength = false }
    isDigits = isDigits && spelling.isDigits
    isCanonicalDecimal = isCanonicalDecimal && spelling.isCanonicalDecimal
    isLowerHexadecimal = isLowerHexadecimal && spelling.isLowerHexadecimal
    isUpperHexadecimal = isUpperHexadecimal && spelling.isUpperHexadecimal
    isUUID = isUUID && spelling.isUUID
  }

  var kind: VariableColumn.Kind {
    if isCanonicalDecimal { return .decimal }
    guard hasOneLength else { return .text }
    if isDigits { return .paddedDecimal }
    if isUUID { return .uuid }
    guard length % 2 == 0 else { return .text }
    return isLowerHexadecimal ? .lowerHexadecimal : isUpperHexadecimal ? .upperHexadecimal : .text
  }
}

/// Which of the typed spellings a value has.
private struct Spelling {
  var isDigits: Bool
  var isCanonicalDecimal: Bool
  var isLowerHexadecimal: Bool
  var isUpperHexadecimal: Bool
  var isUUID: Bool

  @inline(__always)
  init(_ value: ArraySlice<UInt8>) {
    var hasOther = false
    var hasLower = false
    var hasUpper = false
    var dashCount = 0
    for byte in value {
      if byte &- UInt8(ascii: "0") < 10 { continue }
      if byte &- UInt8(ascii: "a") < 6 {
        hasLower = true
      } else if byte &- UInt8(ascii: "A") < 6 {
        hasUpper = true
      } else if byte == UInt8(ascii: "-") {
        dashCount &+= 1
      } else {
        hasOther = true
      }
    }
    let isPlain = !hasOther && dashCount == 0
    isDigits = isPlain && !hasLower && !hasUpper && value.count <= TemplateScanner.decimalDigits
    isCanonicalDecimal = isDigits && (value.first != UInt8(ascii: "0") || value.count == 1)
    isLowerHexadecimal = isPlain && !hasUpper
    isUpperHexadecimal = isPlain && !hasLower
    // The scanner puts a dash nowhere but into a UUID.
    isUUID = !hasOther && !hasUpper && dashCount == 4 && value.count == 36
  }
}

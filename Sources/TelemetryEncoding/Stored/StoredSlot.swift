import TelemetryModel

/// The variables of one slot of a template where they stand.
enum StoredSlot: Sendable {
  case decimals(StoredWords, digits: Int)
  case hexadecimal(StoredBytes, digits: Int, isUpper: Bool)
  case uuid(StoredBytes)
  case text(StoredBytes)
  /// From this variable of the pool on.
  case pooled(base: Int, count: Int)
  case shared(StoredWords)

  /// Moves the reader past the slot's `count` variables.
  init(count: Int, pooledCount: inout Int, _ reader: inout EncodingReader) throws(EncodingError) {
    guard let kind = VariableColumn.Kind(rawValue: try reader.byte()) else {
      throw EncodingError(.unknownEncoding, "an unknown kind of variables")
    }
    switch kind {
    case .pooled:
      self = .pooled(base: pooledCount, count: count)
      pooledCount += count
    case .decimal: self = .decimals(try StoredWords(nested: count, &reader), digits: 1)
    case .paddedDecimal:
      let digits = Int(try reader.byte())
      guard digits <= TemplateScanner.decimalDigits else {
        throw EncodingError(.damaged, "a decimal of \(digits) digits")
      }
      self = .decimals(try StoredWords(nested: count, &reader), digits: digits)
    case .lowerHexadecimal, .upperHexadecimal:
      let digits = try reader.count(limit: EncodingLimits.chunkBytes)
      self = .hexadecimal(
        try StoredBytes(nested: count, &reader), digits: digits, isUpper: kind == .upperHexadecimal)
    case .uuid: self = .uuid(try StoredBytes(nested: count, &reader))
    case .text: self = .text(try StoredBytes(nested: count, &reader))
    case .shared: self = .shared(try StoredWords(nested: count, &reader))
    }
  }

  /// What its variables may be made of.
  var alphabet: VariableAlphabet {
    switch self {
    case .decimals: .digits
    case .hexadecimal(_, _, let isUpper): isUpper ? .upperHexadecimal : .lowerHexadecimal
    case .uuid, .text, .pooled, .shared: .any
    }
  }
}

/// The bytes that a variable may have.
package enum VariableAlphabet: Sendable {
  /// Letters, digits, `_` and, in a UUID, `-`.
  case any
  case digits
  case lowerHexadecimal
  case upperHexadecimal

  @inline(__always)
  package func contains(_ byte: UInt8) -> Bool {
    if byte &- UInt8(ascii: "0") < 10 { return true }
    switch self {
    case .any:
      return (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    case .digits: return false
    case .lowerHexadecimal: return byte &- UInt8(ascii: "a") < 6
    case .upperHexadecimal: return byte &- UInt8(ascii: "A") < 6
    }
  }
}

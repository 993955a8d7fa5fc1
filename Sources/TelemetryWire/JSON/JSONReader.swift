/// A cursor over JSON text: checked reads of one token each, errors with the exact place.
///
/// Strict where leniency would hide damage: no comments, trailing commas or control characters in strings. Passing
/// over a value needs no recursion, so that no nesting exhausts the stack.
struct JSONReader: ~Copyable {
  private(set) var position = 0
  /// The brackets that `skipValue` is inside of.
  private var brackets = GrowableBuffer<UInt8>()

  init() {}

  mutating func reset() {
    position = 0
    brackets.removeAll()
  }

  func error(_ reason: WireError.Reason) -> WireError { WireError(reason, offset: position) }

  @inline(__always)
  mutating func skipWhitespace(_ json: RawSpan) {
    while position < json.byteCount {
      let byte = unsafe json.unsafeLoad(fromByteOffset: position, as: UInt8.self)
      guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return }
      position &+= 1
    }
  }

  /// The next byte that is no whitespace, not consumed.
  @inline(__always)
  mutating func peek(_ json: RawSpan) throws(WireError) -> UInt8 {
    skipWhitespace(json)
    guard position < json.byteCount else { throw error(.truncated) }
    return unsafe json.unsafeLoad(fromByteOffset: position, as: UInt8.self)
  }

  /// Consumes `byte` when it comes next.
  @inline(__always)
  mutating func consume(_ byte: UInt8, _ json: RawSpan) throws(WireError) -> Bool {
    guard try peek(json) == byte else { return false }
    position &+= 1
    return true
  }

  @inline(__always)
  mutating func expect(_ byte: UInt8, _ json: RawSpan) throws(WireError) {
    guard try consume(byte, json) else { throw error(.badJSON) }
  }

  /// Consumes `null` when it comes next.
  mutating func consumeNull(_ json: RawSpan) throws(WireError) -> Bool {
    guard try peek(json) == UInt8(ascii: "n") else { return false }
    try literal("null", json)
    return true
  }

  mutating func bool(_ json: RawSpan) throws(WireError) -> Bool {
    switch try peek(json) {
    case UInt8(ascii: "t"):
      try literal("true", json)
      return true
    case UInt8(ascii: "f"):
      try literal("false", json)
      return false
    default: throw error(.unexpectedJSONType)
    }
  }

  private mutating func literal(_ word: StaticString, _ json: RawSpan) throws(WireError) {
    let count = word.utf8CodeUnitCount
    guard json.byteCount &- position >= count, unsafe json.equals(position, count: count, word.utf8Start) else {
      throw error(.badJSON)
    }
    position &+= count
  }

  /// The range of the number that comes next; it is checked by whoever converts it.
  mutating func number(_ json: RawSpan) throws(WireError) -> WireRange {
    _ = try peek(json)
    let start = position
    while position < json.byteCount {
      switch unsafe json.unsafeLoad(fromByteOffset: position, as: UInt8.self) {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
        UInt8(ascii: "e"), UInt8(ascii: "E"):
        position &+= 1
      default:
        guard position > start else { throw error(.unexpectedJSONType) }
        return WireRange(start: start, end: position)
      }
    }
    guard position > start else { throw error(.truncated) }
    return WireRange(start: start, end: position)
  }

  /// Reads a string and returns the range between its quotes; `hasEscapes` says that it is not the text itself.
  @inline(__always)
  mutating func string(_ json: RawSpan) throws(WireError) -> (range: WireRange, hasEscapes: Bool) {
    guard try peek(json) == UInt8(ascii: "\"") else { throw error(.unexpectedJSONType) }
    let start = position &+ 1
    var next = start
    var hasEscapes = false
    while next < json.byteCount {
      if json.byteCount &- next >= 8 {
        let word = unsafe json.unsafeLoadUnaligned(fromByteOffset: next, as: UInt64.self)
        let special = JSONReader.specialBytes(UInt64(littleEndian: word))
        guard special != 0 else {
          next &+= 8
          continue
        }
        next &+= special.trailingZeroBitCount &>> 3
      }
      let byte = unsafe json.unsafeLoad(fromByteOffset: next, as: UInt8.self)
      if byte == UInt8(ascii: "\"") {
        position = next &+ 1
        return (WireRange(start: start, end: next), hasEscapes)
      }
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        next &+= 1
      } else if byte < 0x20 {
        throw WireError(.badJSONString, offset: next)
      }
      next &+= 1
    }
    position = json.byteCount
    throw error(.truncated)
  }

  /// Marks by their highest bits those of eight bytes that are a quote, a backslash or a control character. The lowest
  /// mark is exact; above it there may be false ones.
  @inline(__always)
  private static func specialBytes(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let quotes = word ^ (ones &* 0x22)
    let slashes = word ^ (ones &* 0x5c)
    let quoteFound = (quotes &- ones) & ~quotes
    let slashFound = (slashes &- ones) & ~slashes
    let controlFound = (word &- ones &* 0x20) & ~word
    return (quoteFound | slashFound | controlFound) & highs
  }

  // MARK: Passing over

  /// Passes over any value.
  mutating func skipValue(_ json: RawSpan) throws(WireError) {
    brackets.truncate(to: 0)
    while true {
      var isValueDone = true
      switch try peek(json) {
      case UInt8(ascii: "{"):
        position &+= 1
        if try !consume(UInt8(ascii: "}"), json) {
          brackets.append(UInt8(ascii: "}"))
          try skipKey(json)
          isValueDone = false
        }
      case UInt8(ascii: "["):
        position &+= 1
        if try !consume(UInt8(ascii: "]"), json) {
          brackets.append(UInt8(ascii: "]"))
          isValueDone = false
        }
      case UInt8(ascii: "\""): _ = try string(json)
      case UInt8(ascii: "n"): _ = try consumeNull(json)
      case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool(json)
      default:
        let start = position
        let range = try number(json)
        if JSONNumber(json, range) == nil { throw WireError(.badJSON, offset: start) }
      }
      guard isValueDone else { continue }
      guard try closeBrackets(json) else { return }
    }
  }

  /// After a value: closes brackets as far as they end here. False when the outermost value is done.
  private mutating func closeBrackets(_ json: RawSpan) throws(WireError) -> Bool {
    while brackets.count > 0 {
      let close = brackets[brackets.count &- 1]
      if try consume(UInt8(ascii: ","), json) {
        if close == UInt8(ascii: "}") { try skipKey(json) }
        return true
      }
      try expect(close, json)
      brackets.removeLast(1)
    }
    return false
  }

  private mutating func skipKey(_ json: RawSpan) throws(WireError) {
    guard try peek(json) == UInt8(ascii: "\"") else { throw error(.badJSON) }
    _ = try string(json)
    try expect(UInt8(ascii: ":"), json)
  }
}

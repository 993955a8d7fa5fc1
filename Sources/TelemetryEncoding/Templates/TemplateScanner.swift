import TelemetryModel

/// Cuts texts into a template, the bytes that repeat from text to text, and variables.
///
/// A token is a run of ASCII letters, digits and `_`. A token with a digit is a variable, or holds one:
/// - a UUID in lower case is one variable, its dashes included;
/// - of a token with one run of at most 18 digits, only the run: `13ms` is a variable and `ms`;
/// - a token of four or more hexadecimal digits with a letter among them is a variable as a whole, as is every other.
///
/// The same rule for every text, so that texts of one log statement meet in one template.
struct TemplateScanner: ~Copyable {
  /// Stands for a variable in a template. No UTF-8 text has this byte.
  static let marker: UInt8 = 0xff
  /// Variables of one text; what follows the last of them is template.
  static let variableLimit = 256
  /// Digits that always fit an Int64.
  static let decimalDigits = 18

  /// The template of the text last scanned.
  private(set) var template: [UInt8] = []
  private(set) var templateCount = 0
  /// Where the variables of all texts scanned so far begin and end.
  private(set) var starts: [UInt32] = []
  private(set) var ends: [UInt32] = []

  init() {}

  mutating func reserve(texts: Int) {
    starts.reserveCapacity(texts * 4)
    ends.reserveCapacity(texts * 4)
  }

  /// Scans the text at `range` of `arena`; false when it has the marker's byte.
  mutating func scan(_ arena: RawSpan, _ range: Range<Int>) -> Bool {
    // Each variable has at least one byte and leaves one.
    if template.count < range.count { template = [UInt8](repeating: 0, count: range.count * 2) }
    templateCount = 0
    var room = TemplateScanner.variableLimit
    var position = range.lowerBound
    var copied = range.lowerBound
    while position < range.upperBound {
      let kind = TemplateScanner.kind(arena, position)
      if kind == 0 {
        position &+= 1
        continue
      }
      if kind & ByteKind.marker != 0 { return false }
      var token = Token(start: position)
      while position < range.upperBound {
        let kind = TemplateScanner.kind(arena, position)
        if kind & ByteKind.token == 0 { break }
        token.take(kind, at: position)
        position &+= 1
      }
      token.end = position
      guard token.digitCount > 0, room > 0 else { continue }
      room &-= 1
      if TemplateScanner.isUUID(arena, token, end: range.upperBound) { position = token.start &+ 36 }
      let variable = token.variable(end: position)
      appendStatic(arena, copied, variable.lowerBound)
      template[templateCount] = TemplateScanner.marker
      templateCount &+= 1
      starts.append(UInt32(truncatingIfNeeded: variable.lowerBound))
      ends.append(UInt32(truncatingIfNeeded: variable.upperBound))
      copied = variable.upperBound
    }
    appendStatic(arena, copied, range.upperBound)
    return true
  }

  private mutating func appendStatic(_ arena: RawSpan, _ start: Int, _ end: Int) {
    let count = end &- start
    if count == 0 { return }
    let offset = templateCount
    unsafe arena.extracting(start..<end).withUnsafeBytes { source in
      unsafe template.withUnsafeMutableBytes { target in
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset &+ count]).copyMemory(from: source)
      }
    }
    templateCount &+= count
  }

  /// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` in lower case, with no token byte behind.
  private static func isUUID(_ arena: RawSpan, _ token: Token, end: Int) -> Bool {
    guard token.end &- token.start == 8, token.kinds & ~(ByteKind.digit | ByteKind.lowerHex) == 0,
      token.start &+ 36 <= end
    else { return false }
    for offset in 8..<36 {
      let position = token.start &+ offset
      if offset == 8 || offset == 13 || offset == 18 || offset == 23 {
        if unsafe arena.unsafeLoad(fromByteOffset: position, as: UInt8.self) != UInt8(ascii: "-") { return false }
      } else if kind(arena, position) & (ByteKind.digit | ByteKind.lowerHex) == 0 {
        return false
      }
    }
    return token.start &+ 36 == end || kind(arena, token.start &+ 36) & ByteKind.token == 0
  }

  @inline(__always)
  private static func kind(_ arena: RawSpan, _ position: Int) -> UInt8 {
    ByteKind.of(unsafe arena.unsafeLoad(fromByteOffset: position, as: UInt8.self))
  }
}

/// What a byte is to the scanner.
private enum ByteKind {
  static let digit: UInt8 = 1
  static let lowerHex: UInt8 = 2
  static let upperHex: UInt8 = 4
  static let letter: UInt8 = 8
  static let token = digit | lowerHex | upperHex | letter
  static let marker: UInt8 = 16

  /// The kind of a byte; 0 for what separates tokens.
  @inline(__always)
  static func of(_ byte: UInt8) -> UInt8 {
    if byte &- UInt8(ascii: "0") < 10 { return digit }
    let letterIndex = (byte | 0x20) &- UInt8(ascii: "a")
    if letterIndex < 6 { return byte & 0x20 != 0 ? lowerHex : upperHex }
    if letterIndex < 26 || byte == UInt8(ascii: "_") { return letter }
    return byte == TemplateScanner.marker ? marker : 0
  }
}

/// A token under the scanner.
private struct Token {
  let start: Int
  var end: Int
  /// The kinds of its bytes, or-ed.
  var kinds: UInt8 = 0
  var digitCount = 0
  private var firstDigit = 0
  private var lastDigit = 0

  init(start: Int) {
    self.start = start
    end = start
  }

  @inline(__always)
  mutating func take(_ kind: UInt8, at position: Int) {
    kinds |= kind
    guard kind == ByteKind.digit else { return }
    if digitCount == 0 { firstDigit = position }
    lastDigit = position
    digitCount &+= 1
  }

  /// The part of a token with digits that varies. `end` lies behind the token when that is the head of a UUID.
  func variable(end: Int) -> Range<Int> {
    let isRun = lastDigit &- firstDigit &+ 1 == digitCount && digitCount <= TemplateScanner.decimalDigits
    let isHexadecimal = kinds & ByteKind.letter == 0 && self.end &- start >= 4 && digitCount < self.end &- start
    if !isRun || isHexadecimal || end != self.end { return start..<end }
    return firstDigit..<lastDigit &+ 1
  }
}

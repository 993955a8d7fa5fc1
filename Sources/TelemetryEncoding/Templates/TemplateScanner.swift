/// Cuts texts into a template, the bytes that repeat from text to text, and variables.
///
/// A token is a run of ASCII letters, digits and `_`. A token with a digit is a variable, or holds one:
/// - a UUID in lower case is one variable, its dashes included;
/// - of a token with one run of at most 18 digits, only the run: `13ms` is a variable and `ms`;
/// - a token of four or more hexadecimal digits with a letter among them is a variable as a whole, as is every other.
///
/// The same rule for every text, so that texts of one log statement meet in one template.
enum TemplateScanner {
  /// Stands for a variable in a template. No UTF-8 text has this byte.
  static let marker: UInt8 = 0xff
  /// Variables of one text; what follows the last of them is template.
  static let variableLimit = 256
  /// Digits that always fit an Int64.
  static let decimalDigits = 18
  private static let uuidLength = 36

  /// Writes the variables of the text at `range` of `bytes` to `target` and returns how many there are. Cost: about 4 ns a
  /// variable; what lies between them is not looked at.
  ///
  /// - Parameters:
  ///   - range: counted from the first byte that `masks` classifies, which is `bytes`' first.
  ///   - offset: added to the starts of the variables.
  ///   - target: room for a variable for each run of digits in the text.
  @inline(__always)
  static func scan(
    _ bytes: UnsafePointer<UInt8>, _ masks: TokenWalker, _ range: Range<Int>, offset: Int,
    into target: UnsafeMutablePointer<TextVariable>
  ) -> Int {
    let end = range.upperBound
    var count = 0
    var position = range.lowerBound
    while count < variableLimit {
      let digit = unsafe masks.nextDigit(position, end)
      if digit >= end { break }
      let start = unsafe masks.startOfToken(digit, position)
      let endOfDigits = unsafe masks.endOfDigits(digit, end)
      let endOfToken = unsafe masks.endOfToken(endOfDigits, end)
      let isRun = unsafe masks.nextDigit(endOfDigits, endOfToken) == endOfToken && endOfDigits &- digit <= decimalDigits
      let length = endOfToken &- start
      position = endOfToken
      if isRun, length == endOfDigits &- digit, length != 8 {
        unsafe target[count] = TextVariable(
          start: start &+ offset, length: length, spellings: unsafe digitSpellings(bytes[start], length))
      } else if unsafe isUUID(bytes, masks, start, endOfToken, end: end) {
        unsafe target[count] = TextVariable(
          start: start &+ offset, length: uuidLength, spellings: Spellings(bits: Spellings.uuid))
        position = start &+ uuidLength
      } else {
        let hasOther = unsafe masks.hasOther(start, endOfToken)
        if isRun, hasOther || length < 4 || length == endOfDigits &- digit {
          unsafe target[count] = TextVariable(
            start: digit &+ offset, length: endOfDigits &- digit,
            spellings: digitSpellings(bytes[digit], endOfDigits &- digit))
        } else {
          let spellings = unsafe tokenSpellings(bytes, masks, start, endOfToken, hasOther: hasOther)
          unsafe target[count] = TextVariable(start: start &+ offset, length: length, spellings: spellings)
        }
      }
      count &+= 1
    }
    return count
  }

  /// Spellings of a run of at most 18 digits.
  @inline(__always)
  private static func digitSpellings(_ first: UInt8, _ length: Int) -> Spellings {
    let digits = Spellings.digits | Spellings.lowerHexadecimal | Spellings.upperHexadecimal
    return Spellings(bits: first != UInt8(ascii: "0") || length == 1 ? digits | Spellings.decimal : digits)
  }

  /// Spellings of a whole token that is no short run of digits.
  @inline(__always)
  private static func tokenSpellings(
    _ bytes: UnsafePointer<UInt8>, _ masks: TokenWalker, _ start: Int, _ end: Int, hasOther: Bool
  ) -> Spellings {
    if hasOther { return Spellings(bits: 0) }
    var bits: UInt8 = 0
    if unsafe !masks.hasUpper(start, end) { bits |= Spellings.lowerHexadecimal }
    var position = start
    while position < end, unsafe bytes[position] < UInt8(ascii: "a") { position &+= 1 }
    if position == end { bits |= Spellings.upperHexadecimal }
    return Spellings(bits: bits)
  }

  /// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` in lower case, with no token byte behind.
  @inline(__always)
  private static func isUUID(
    _ bytes: UnsafePointer<UInt8>, _ masks: TokenWalker, _ start: Int, _ endOfToken: Int, end: Int
  ) -> Bool {
    guard endOfToken &- start == 8, start &+ uuidLength <= end else { return false }
    var position = start
    for group in 0..<5 {
      let length = group == 0 ? 8 : group == 4 ? 12 : 4
      let groupEnd = position &+ length
      guard unsafe masks.endOfToken(position, end) == groupEnd, unsafe !masks.hasOther(position, groupEnd),
        unsafe !masks.hasUpper(position, groupEnd)
      else { return false }
      if group == 4 { return true }
      guard unsafe bytes[groupEnd] == UInt8(ascii: "-") else { return false }
      position = groupEnd &+ 1
    }
    return false
  }
}

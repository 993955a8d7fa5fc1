import TelemetryEncoding
import TelemetryModel
import TelemetryStore

/// What a test asks of a filter of values: values of which one must be there, or variables that must all be there.
enum FilterNeedles {
  case anyValue([[UInt8]])
  /// Tokens that stand in every match as they are, and a text that every match contains.
  case text(tokens: [[UInt8]], piece: [UInt8])

  /// False only when no value of the column can match.
  func mayMatch(_ filter: ValueFilter) -> Bool {
    switch (self, filter.content) {
    case (.anyValue(let values), .values): return values.contains { filter.mayContain($0) }
    case (.text(let tokens, let piece), .variables):
      for token in tokens where TokenShape(token).isVariable && !filter.mayContain(token) { return false }
      // A piece of several numbers stands inside one variable; it is no part of one when all are shorter.
      if piece.count >= filter.longest, TokenShape(piece).isWithinVariable { return filter.mayContain(piece) }
      return true
    default: return true
    }
  }
}

extension ValueTest {
  /// What to ask of a column's filter; nil when the test says nothing that a filter knows.
  func filterNeedles(_ type: ValueType) -> FilterNeedles? {
    guard type == .string, let test = bytes[.string] else { return nil }
    switch test {
    case .compare(.equal, let value): return .anyValue([value])
    case .set(let values): return .anyValue(Array(values))
    case .any, .compare: return nil
    case .text(let matcher):
      switch matcher.form {
      case .equals(let search): return search.isCaseFolded ? nil : .anyValue([search.needle])
      case .contains(let search):
        return search.isCaseFolded ? nil : .text(tokens: innerTokens(search.needle), piece: search.needle)
      case .phrase(let phrase):
        if phrase.isCaseFolded { return nil }
        let whole = phrase.lastIsPrefix ? Array(phrase.tokens.dropLast()) : phrase.tokens
        return .text(tokens: whole, piece: phrase.tokens.max { $0.count < $1.count } ?? [])
      case .regularExpression:
        guard let anchor = matcher.anchor, !anchor.isCaseFolded else { return nil }
        return .text(tokens: innerTokens(anchor.needle), piece: anchor.needle)
      case .prefix: return nil
      }
    }
  }

  /// The tokens of a text that have something else on both sides in it.
  private func innerTokens(_ text: [UInt8]) -> [[UInt8]] {
    var pieces = text.split(omittingEmptySubsequences: false) { !isTokenByte($0) }.map { Array($0) }
    if !pieces.isEmpty { pieces.removeFirst() }
    if !pieces.isEmpty { pieces.removeLast() }
    return pieces.filter { !$0.isEmpty }
  }
}

/// How templates are cut from tokens such as this; see docs/format/part.md, "Templates".
private struct TokenShape {
  private var runCount = 0
  private var digitCount = 0
  private var isHexadecimal = true
  private var isPlain = true
  private let count: Int

  init(_ token: [UInt8]) {
    count = token.count
    var isInRun = false
    for byte in token {
      let isDigit = byte &- UInt8(ascii: "0") < 10
      if isDigit {
        digitCount += 1
        if !isInRun { runCount += 1 }
      } else if (byte | 0x20) &- UInt8(ascii: "a") >= 6 {
        isHexadecimal = false
      }
      isInRun = isDigit
      let isLetter = (byte | 0x20) &- UInt8(ascii: "a") < 26
      if !isDigit, !isLetter, byte != UInt8(ascii: "_") { isPlain = false }
    }
  }

  /// Whether the token is one variable, and none that may be kept as a decimal.
  var isVariable: Bool {
    guard isPlain, digitCount > 0, digitCount < count else { return false }
    return runCount > 1 || (isHexadecimal && count >= 4) || digitCount > 18
  }

  /// Whether every token that has it inside is a variable as a whole.
  var isWithinVariable: Bool { isPlain && runCount > 1 }
}

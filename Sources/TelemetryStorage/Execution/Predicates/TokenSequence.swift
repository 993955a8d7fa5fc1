/// The tokens of a phrase, to be found one after the other in a text, with anything but tokens between them.
///
/// A phrase without any token is found in every text.
struct TokenSequence: Sendable {
  /// Lower-case when folded.
  let tokens: [[UInt8]]
  let lastIsPrefix: Bool
  let isCaseFolded: Bool
  /// Finds the first token's bytes, the anchor of every match.
  let first: ByteSearch

  init(phrase: String, lastIsPrefix: Bool, isCaseFolded: Bool) {
    var tokens: [[UInt8]] = []
    var token: [UInt8] = []
    for byte in phrase.utf8 {
      if isTokenByte(byte) {
        token.append(isCaseFolded ? asciiLowered(byte) : byte)
      } else if !token.isEmpty {
        tokens.append(token)
        token = []
      }
    }
    if !token.isEmpty { tokens.append(token) }
    self.tokens = tokens
    // A phrase that ends between tokens ends its last token.
    self.lastIsPrefix = lastIsPrefix && (phrase.utf8.last.map(isTokenByte) ?? false)
    self.isCaseFolded = isCaseFolded
    first = ByteSearch(tokens.first ?? [], isCaseFolded: isCaseFolded)
  }

  /// Whether the phrase stands anywhere in `text`.
  func occurs(in text: Span<UInt8>) -> Bool {
    guard !tokens.isEmpty else { return true }
    var position = 0
    while let found = first.first(in: text, from: position) {
      if occurs(in: text, at: found) { return true }
      position = found + 1
    }
    return false
  }

  /// Whether the phrase begins at `start`, where the bytes of its first token are known to stand.
  func occurs(in text: Span<UInt8>, at start: Int) -> Bool {
    if start > 0, isTokenByte(text[start - 1]) { return false }
    var position = start
    for (number, token) in tokens.enumerated() {
      if number > 0 {
        let previous = position
        while position < text.count, !isTokenByte(text[position]) { position &+= 1 }
        if position == previous { return false }
      }
      guard token.count <= text.count - position else { return false }
      for byte in token {
        let own = text[position]
        if (isCaseFolded ? asciiLowered(own) : own) != byte { return false }
        position &+= 1
      }
      let mayGoOn = lastIsPrefix && number == tokens.count - 1
      if !mayGoOn, position < text.count, isTokenByte(text[position]) { return false }
    }
    return true
  }
}

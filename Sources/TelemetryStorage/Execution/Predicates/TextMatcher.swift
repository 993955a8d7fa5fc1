import TelemetryModel
import TelemetryStore
import TelemetryText

/// A `TextMatch` made ready: needles folded, tokens cut, regular expression compiled.
struct TextMatcher: Sendable {
  enum Form: Sendable {
    case equals(ByteSearch)
    case prefix(ByteSearch)
    case contains(ByteSearch)
    case phrase(TokenSequence)
    case regularExpression(RegularExpression)
  }

  let form: Form
  /// What every matching text contains somewhere, so that a whole arena is searched at once; nil when there is none.
  let anchor: ByteSearch?

  /// - Throws: `.invalid` when a regular expression does not compile.
  init(_ match: TextMatch) throws(StoreFailure) {
    let isCaseFolded = match.isCaseFolded
    func search(_ text: String) -> ByteSearch { ByteSearch(Array(text.utf8), isCaseFolded: isCaseFolded) }
    switch match.form {
    case .equals(let text):
      form = .equals(search(text))
      anchor = nil
    case .prefix(let text):
      form = .prefix(search(text))
      anchor = nil
    case .contains(let text):
      form = .contains(search(text))
      anchor = text.isEmpty ? nil : search(text)
    case .phrase(let text, let lastIsPrefix):
      let tokens = TokenSequence(phrase: text, lastIsPrefix: lastIsPrefix, isCaseFolded: isCaseFolded)
      form = .phrase(tokens)
      // The longest token is the rarest, as a rule.
      anchor = tokens.tokens.max { $0.count < $1.count }.map { ByteSearch($0, isCaseFolded: isCaseFolded) }
    case .regularExpression(let pattern, let anchored):
      do throws(RegularExpressionError) {
        form = .regularExpression(
          try RegularExpression(pattern, isAnchored: anchored, isCaseFolded: isCaseFolded))
      } catch {
        throw .invalid(error.description)
      }
      anchor = RequiredLiteral.of(pattern, isCaseFolded: isCaseFolded).map {
        ByteSearch($0, isCaseFolded: isCaseFolded)
      }
    }
  }

  /// Whether one text matches.
  func matches(_ text: Span<UInt8>) -> Bool {
    switch form {
    case .equals(let search): search.needle.count == text.count && search.occurs(in: text, at: 0)
    case .prefix(let search): search.occurs(in: text, at: 0)
    case .contains(let search): search.first(in: text, from: 0) != nil
    case .phrase(let tokens): tokens.occurs(in: text)
    case .regularExpression(let expression): expression.matches(text)
    }
  }

  func matches(_ text: String) -> Bool { matches(text.utf8.span) }

  /// Whether a text that is known to contain the anchor matches.
  func matchesAnchored(_ text: Span<UInt8>) -> Bool {
    if case .contains = form { true } else { matches(text) }
  }
}

extension AttributeValue {
  /// The text that text matches see: strings as they are, numbers by `description`, bytes in hex, arrays and maps in a
  /// JSON-like form without escapes. Same for every store (docs/adr/0040-text-form-of-values.md).
  var textForm: String {
    switch self {
    case .empty: ""
    case .string(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): number.description
    case .double(let number): number.description
    case .bytes(let bytes): hexText(bytes)
    case .array(let values): "[" + values.map(\.nestedTextForm).joined(separator: ",") + "]"
    case .map(let entries):
      "{" + entries.map { "\"\($0.key)\":\($0.value.nestedTextForm)" }.joined(separator: ",") + "}"
    }
  }

  private var nestedTextForm: String {
    switch self {
    case .string(let text): "\"\(text)\""
    case .empty: "null"
    default: textForm
    }
  }
}

/// Lower-case hex digits of `bytes`.
func hexText(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}

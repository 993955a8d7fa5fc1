extension SearchExpression: CustomStringConvertible {
  /// Search text that parses back to the same expression.
  package var description: String {
    switch self {
    case .all: "*"
    case .and(let parts): parts.map(\.operand).joined(separator: " ")
    case .or(let parts): parts.map(\.operand).joined(separator: " or ")
    case .not(let part): "not " + part.operand
    case .text(let test): test.written(isField: false)
    case .field(let field, let test): SearchPrinter.fieldName(field.name) + ":" + test.written
    }
  }

  /// The text as a part of something greater.
  private var operand: String {
    switch self {
    case .and, .or: "(" + description + ")"
    default: description
    }
  }
}

extension TextTest {
  fileprivate func written(isField: Bool) -> String {
    switch self {
    case .word(let text): SearchPrinter.word(text, isField: isField)
    case .phrase(let text): SearchPrinter.quoted(text)
    case .wildcard(let pieces): pieces.map { SearchPrinter.piece($0) }.joined(separator: "*")
    case .regularExpression(let text): "/" + SearchPrinter.slashed(text) + "/"
    }
  }
}

extension FieldTest {
  fileprivate var written: String {
    switch self {
    case .exists: "*"
    case .text(let test): test.written(isField: true)
    case .exactly(let value): "=" + SearchPrinter.quoted(value.text)
    case .compare(let comparison, let value): comparison.rawValue + SearchPrinter.quoted(value.text)
    case .range(let lower, let upper): (lower?.text ?? "") + ".." + (upper?.text ?? "")
    }
  }
}

/// Escapes for each place where text may stand.
private enum SearchPrinter {
  static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", by: "\\\\").replacing("\"", by: "\\\"") + "\""
  }

  static func fieldName(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy { byte in
      (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte == 0x5f || byte == 0x2e
    }
    let startsWithDigit = name.utf8.first.map { $0 >= 0x30 && $0 <= 0x39 } ?? false
    return isPlain && !startsWithDigit ? name : quoted(name)
  }

  /// A word with everything escaped that could mean something; the first character too where the word is an operator,
  /// or a range as a field's value.
  static func word(_ text: String, isField: Bool) -> String {
    let escaped = piece(text)
    let meansMore = ["and", "or", "not"].contains(text.lowercased()) || (isField && text.contains(".."))
    return meansMore && !escaped.hasPrefix("\\") ? "\\" + escaped : escaped
  }

  static func piece(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "(", ")", "\"", ":", "*", "\\", "/", "-", "=", "<", ">", " ", "\t", "\n", "\u{B}", "\u{C}", "\r":
        result.unicodeScalars.append("\\")
      default: break
      }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  static func slashed(_ text: String) -> String { text.replacing("/", by: "\\/") }
}

extension String {
  fileprivate func replacing(_ scalar: Unicode.Scalar, by replacement: String) -> String {
    var result = ""
    for current in unicodeScalars {
      if current == scalar { result += replacement } else { result.unicodeScalars.append(current) }
    }
    return result
  }
}

/// Names of labels made from names of other worlds.
package enum LabelName {
  /// The label of an OpenTelemetry attribute: characters that labels do not have become underscores, and a name that
  /// begins with a digit gets `key_` before it.
  package static func translated(_ key: String) -> String {
    var bytes = Array(key.utf8)
    var isClean = true
    for byte in bytes where !isPlain(byte) { isClean = false }
    guard let first = bytes.first else { return key }
    let startsWithDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    if isClean, !startsWithDigit { return key }
    if !isClean { bytes = replaced(key) }
    let name = String(decoding: bytes, as: UTF8.self)
    return startsWithDigit ? "key_" + name : name
  }

  /// The label of a field that a parser found; nil when nothing of the name is left.
  static func parsed(_ key: some Collection<UInt8>) -> String? {
    let text = String(decoding: key, as: UTF8.self).trimmed
    guard let first = text.utf8.first else { return nil }
    let name = text.utf8.allSatisfy(isPlain) ? text : String(decoding: replaced(text), as: UTF8.self)
    return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) ? "_" + name : name
  }

  /// Each character that labels do not have becomes one underscore.
  private static func replaced(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { $0.isASCII && isPlain(UInt8($0.value)) ? UInt8($0.value) : UInt8(ascii: "_") }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

import Glibc
import TelemetryModel

/// Equality and order of names and values by their bytes.
///
/// Swift's own `==` and `<` hold canonically equivalent texts for equal: "é" as one scalar and as two. Labels are bytes.
package enum ByteText {
  @inline(__always)
  package static func isEqual(_ left: String, _ right: String) -> Bool {
    let (left, right) = (left.utf8.span, right.utf8.span)
    guard left.count == right.count else { return false }
    return order(left, right, count: left.count) == 0
  }

  /// The first eight bytes as a number that orders like them; zeros stand for what is missing.
  static func prefix(_ text: String) -> UInt64 {
    var prefix: UInt64 = 0
    var shift: UInt64 = 64
    for byte in text.utf8.prefix(8) {
      shift -= 8
      prefix |= UInt64(byte) &<< shift
    }
    return prefix
  }

  /// Whether `left` comes before `right`.
  @inline(__always)
  package static func precedes(_ left: String, _ right: String) -> Bool {
    let (left, right) = (left.utf8.span, right.utf8.span)
    let order = order(left, right, count: min(left.count, right.count))
    return order != 0 ? order < 0 : left.count < right.count
  }

  @inline(__always)
  private static func order(_ left: Span<UInt8>, _ right: Span<UInt8>, count: Int) -> Int32 {
    unsafe left.withUnsafeBufferPointer { left in
      unsafe right.withUnsafeBufferPointer { right in
        guard let leftStart = left.baseAddress, let rightStart = right.baseAddress, count > 0 else { return 0 }
        return unsafe memcmp(leftStart, rightStart, count)
      }
    }
  }
}

/// A text as a key of dictionaries and sets that tell texts apart by bytes.
struct ByteTextKey: Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (left: ByteTextKey, right: ByteTextKey) -> Bool { ByteText.isEqual(left.text, right.text) }
  func hash(into hasher: inout Hasher) { hasher.combine(ContentHash.of(text)) }
}

extension Set<ByteTextKey> {
  /// The texts in the order of their bytes.
  var sortedTexts: [String] {
    // Most texts differ in their first bytes, which compare as a number.
    var texts = map { (prefix: ByteText.prefix($0.text), text: $0.text) }
    texts.sort { $0.prefix != $1.prefix ? $0.prefix < $1.prefix : ByteText.precedes($0.text, $1.text) }
    return texts.map(\.text)
  }
}

/// A few texts, told apart by bytes.
struct ByteTextSet {
  private let texts: [String]

  init(_ texts: [String]) { self.texts = texts }

  @inline(__always)
  func contains(_ text: String) -> Bool {
    for one in texts where ByteText.isEqual(one, text) { return true }
    return false
  }
}

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
  var sortedTexts: [String] { map(\.text).sorted(by: ByteText.precedes) }
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

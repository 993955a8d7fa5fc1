import CRE2

/// A compiled RE2 expression: the one kind of regular expression, in predicates and in every query language.
///
/// `@unchecked Sendable`: the pointer never changes and RE2 matches on many threads at once.
@safe
package final class RegularExpression: @unchecked Sendable {
  private let pointer: OpaquePointer
  private let isAnchored: Bool
  /// Capture groups, without the whole match.
  package let groupCount: Int

  /// - Parameters:
  ///   - pattern: RE2 syntax.
  ///   - isAnchored: whether the expression must match all of a text.
  ///   - isCaseFolded: whether letters match either case.
  /// - Throws: RE2's words when the pattern does not compile.
  package init(_ pattern: String, isAnchored: Bool, isCaseFolded: Bool = false) throws(RegularExpressionError) {
    var text = pattern
    let created = text.withUTF8 { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { text in
        unsafe sightline_regex_create(text.baseAddress, text.count, isCaseFolded)
      }
    }
    guard let created = unsafe created else {
      throw RegularExpressionError(pattern: pattern, reason: "it cannot be compiled")
    }
    if let error = unsafe sightline_regex_error(created) {
      let reason = unsafe String(cString: error)
      unsafe sightline_regex_destroy(created)
      throw RegularExpressionError(pattern: pattern, reason: reason)
    }
    unsafe pointer = created
    self.isAnchored = isAnchored
    groupCount = unsafe Int(sightline_regex_group_count(created))
  }

  deinit { unsafe sightline_regex_destroy(pointer) }

  /// Whether the expression matches in the text, or all of it when anchored.
  package func matches(_ text: Span<UInt8>) -> Bool {
    unsafe text.withUnsafeBytes { bytes in
      unsafe sightline_regex_matches(pointer, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, isAnchored)
    }
  }

  /// Whether the expression matches in the text, or all of it when anchored.
  package func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in unsafe matches(Span(_unsafeElements: bytes)) }
  }

  /// The name of each group in order; nil for a group without one.
  package var groupNames: [String?] {
    guard groupCount > 0 else { return [] }
    return (1...groupCount).map { index in
      var capacity = 256
      while capacity <= 1 << 20 {
        var name = [CChar](repeating: 0, count: capacity)
        let length = unsafe sightline_regex_group_name(pointer, Int32(index), &name, capacity)
        if length == 0 { return nil }
        if length > 0 { return String(decoding: name.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self) }
        capacity *= 16
      }
      return nil
    }
  }

  /// The first match at or after `start`: byte ranges of the whole match and of each group, nil for a group that took no
  /// part; nil when nothing matches.
  package func firstMatch(in text: Span<UInt8>, from start: Int = 0) -> [Range<Int>?]? {
    guard start >= 0, start <= text.count else { return nil }
    let pairCount = groupCount + 1
    var offsets = [Int](repeating: -1, count: pairCount * 2)
    let isFound = unsafe text.withUnsafeBytes { bytes in
      unsafe sightline_regex_find(
        pointer, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, start, isAnchored, &offsets,
        Int32(pairCount))
    }
    guard isFound else { return nil }
    return (0..<pairCount).map { offsets[2 * $0] < 0 ? nil : offsets[2 * $0]..<offsets[2 * $0 + 1] }
  }
}

/// Why a pattern is no regular expression.
package struct RegularExpressionError: Error, Sendable, Equatable, CustomStringConvertible {
  package let pattern: String
  /// RE2's words.
  package let reason: String

  package var description: String { "the regular expression \(pattern) does not compile: \(reason)" }
}

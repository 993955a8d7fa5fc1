import CRE2
import TelemetryStore

/// A compiled RE2 expression.
///
/// `@unchecked Sendable`: the pointer never changes and RE2 matches on many threads at once.
@safe
final class RegularExpression: @unchecked Sendable {
  private let pointer: OpaquePointer
  private let isAnchored: Bool

  /// - Throws: `.invalid` with RE2's words when the pattern does not compile.
  init(_ pattern: String, isAnchored: Bool, isCaseFolded: Bool) throws(StoreFailure) {
    var pattern = pattern
    let created = pattern.withUTF8 { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { text in
        unsafe sightline_regex_create(text.baseAddress, text.count, isCaseFolded)
      }
    }
    guard let created = unsafe created else { throw .invalid("the regular expression \(pattern) cannot be compiled") }
    if let error = unsafe sightline_regex_error(created) {
      let reason = unsafe String(cString: error)
      unsafe sightline_regex_destroy(created)
      throw .invalid("the regular expression \(pattern) does not compile: \(reason)")
    }
    unsafe pointer = created
    self.isAnchored = isAnchored
  }

  deinit { unsafe sightline_regex_destroy(pointer) }

  /// Whether the expression matches in the text, or all of it when anchored.
  func matches(_ text: Span<UInt8>) -> Bool {
    unsafe text.withUnsafeBytes { bytes in
      unsafe sightline_regex_matches(pointer, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, isAnchored)
    }
  }
}

/// The vendor members of a trace context, in their order.
///
/// Kept as the text of the members joined by commas, since this SDK forwards them and changes none. At most
/// 32 members; a header with an invalid member or more than 32 is discarded as a whole.
public struct TraceState: Sendable, Hashable {
  /// The members, `key=value` joined by commas; empty when there is none.
  public let text: String

  /// No members.
  public static let empty = TraceState(validated: "")

  private init(validated text: String) { self.text = text }

  /// The members of a header value, or nil when one of them is invalid.
  ///
  /// Several headers are joined by a comma before. Blank members are dropped; spaces and tabs around a member go.
  public init?(header: String) {
    var members: [String] = []
    for part in header.utf8.split(separator: 0x2c, omittingEmptySubsequences: true) {
      let member = part.trimmed
      if member.isEmpty { continue }
      guard Self.isValidMember(member), members.count < 32 else { return nil }
      members.append(String(decoding: member, as: UTF8.self))
    }
    text = members.joined(separator: ",")
  }

  /// The value of a member, such as `ot`.
  public subscript(key: String) -> String? {
    for member in text.utf8.split(separator: 0x2c) {
      guard let equals = member.firstIndex(of: 0x3d) else { continue }
      if member[..<equals].elementsEqual(key.utf8) {
        return String(decoding: member[member.index(after: equals)...], as: UTF8.self)
      }
    }
    return nil
  }

  private static func isValidMember(_ member: Substring.UTF8View.SubSequence) -> Bool {
    guard let equals = member.firstIndex(of: 0x3d) else { return false }
    let value = member[member.index(after: equals)...]
    guard value.count <= 256, value.allSatisfy({ $0 >= 0x20 && $0 <= 0x7e && $0 != 0x3d }) else { return false }
    return isValidKey(member[..<equals])
  }

  /// `key`, or `tenant@system`; lowercase letters, digits and `_-*/`, starting with a letter or a digit.
  private static func isValidKey(_ key: Substring.UTF8View.SubSequence) -> Bool {
    let parts = key.split(separator: 0x40, omittingEmptySubsequences: false)
    guard let name = parts.first, let first = name.first, isLetterOrDigit(first) else { return false }
    guard parts.allSatisfy({ $0.allSatisfy(isKeyCharacter) }) else { return false }
    switch parts.count {
    case 1: return name.count <= 256
    case 2:
      guard let start = parts[1].first, start >= 0x61, start <= 0x7a else { return false }
      return name.count <= 241 && parts[1].count <= 14
    default: return false
    }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39)
  }

  private static func isKeyCharacter(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || byte == 0x5f || byte == 0x2d || byte == 0x2a || byte == 0x2f
  }
}

extension BidirectionalCollection where Element == UInt8 {
  /// The bytes without the spaces and tabs at both ends.
  var trimmed: SubSequence {
    var slice = self[...]
    while let first = slice.first, first == 0x20 || first == 0x09 { slice = slice.dropFirst() }
    while let last = slice.last, last == 0x20 || last == 0x09 { slice = slice.dropLast() }
    return slice
  }
}

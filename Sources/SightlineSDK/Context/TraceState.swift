/// The vendor members of a trace context, in their order.
///
/// Kept as the text of the members joined by commas, since most contexts are forwarded untouched. At most 32 members;
/// a header with an invalid member or more than 32 is discarded as a whole. Text beyond ``byteLimit`` is shortened
/// member by member, as the specification says.
public struct TraceState: Sendable, Hashable {
  /// The members, `key=value` joined by commas; empty when there is none.
  public let text: String

  /// No members.
  public static let empty = TraceState(validated: "")
  /// How many members there may be.
  static let memberLimit = 32
  /// What is kept of a longer state: eight times what everyone must forward, half of what common servers take as a
  /// header.
  static let byteLimit = 4096
  /// When a state is too long, members beyond this length go first.
  private static let longMemberByteCount = 128

  /// - Parameter text: members that have been checked.
  init(validated text: String) { self.text = text }

  /// The members of a header value, or nil when one of them is invalid.
  ///
  /// Several headers are joined by a comma before. Blank members are dropped; spaces and tabs around a member go.
  /// A repeated key is tolerated and stays.
  public init?(header: String) {
    var members: [Substring.UTF8View.SubSequence] = []
    for part in header.utf8.split(separator: 0x2c, omittingEmptySubsequences: true) {
      let member = part.trimmed
      if member.isEmpty { continue }
      guard members.count < Self.memberLimit, Self.isValidMember(member) else { return nil }
      members.append(member)
    }
    text = Self.shortened(members).map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",")
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

  /// The state with this member in front, where the one who changes a member has to put it; nil removes it.
  ///
  /// A full state loses its last member. A key or value that the grammar forbids changes nothing.
  public func setting(_ value: String?, forKey key: String) -> TraceState {
    var members: [Substring.UTF8View] = text.utf8.split(separator: 0x2c).filter { member in
      guard let equals = member.firstIndex(of: 0x3d) else { return false }
      return !member[..<equals].elementsEqual(key.utf8)
    }
    guard let value else {
      return TraceState(validated: members.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ","))
    }
    let own = Substring("\(key)=\(value)").utf8
    guard Self.isValidMember(own[...]), own.count == own.trimmed.count else { return self }
    members.insert(own[...], at: 0)
    let kept = Self.shortened(Array(members.prefix(Self.memberLimit)))
    return TraceState(validated: kept.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ","))
  }

  /// The members that fit: those that are long go first, from the end, then the last ones.
  private static func shortened<Member: Collection>(_ members: [Member]) -> [Member] where Member.Element == UInt8 {
    var byteCount = members.reduce(members.count - 1) { $0 + $1.count }
    guard byteCount > byteLimit else { return members }
    var members = members
    for position in members.indices.reversed() where members[position].count > longMemberByteCount {
      if byteCount <= byteLimit { return members }
      byteCount -= members[position].count + 1
      members.remove(at: position)
    }
    while byteCount > byteLimit, let last = members.popLast() { byteCount -= last.count + 1 }
    return members
  }

  /// The value is 1 to 256 printable characters without comma and equals sign, the last one no blank.
  private static func isValidMember(_ member: Substring.UTF8View.SubSequence) -> Bool {
    guard let equals = member.firstIndex(of: 0x3d) else { return false }
    let value = member[member.index(after: equals)...]
    guard let last = value.last, last != 0x20, value.count <= 256 else { return false }
    guard value.allSatisfy({ $0 >= 0x20 && $0 <= 0x7e && $0 != 0x3d && $0 != 0x2c }) else { return false }
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

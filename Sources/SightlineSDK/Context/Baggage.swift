/// Name-value pairs that travel with a request through every service (W3C baggage).
///
/// Order is kept, properties are kept as text. A header is limited to 180 members and 8,192 bytes; what goes
/// beyond is left out from the end.
public struct Baggage: Sendable, Hashable {
  /// One member.
  public struct Entry: Sendable, Hashable {
    /// The name, a token of HTTP.
    public var key: String
    /// The value, decoded.
    public var value: String
    /// The properties as they came, without the first semicolon; empty when there are none.
    public var properties: String

    /// A member with its parts.
    public init(key: String, value: String, properties: String = "") {
      self.key = key
      self.value = value
      self.properties = properties
    }
  }

  /// The members in their order.
  public private(set) var entries: [Entry] = []

  static let memberLimit = 180
  static let byteLimit = 8192

  /// No members.
  public init() {}

  /// True when there is no member.
  public var isEmpty: Bool { entries.isEmpty }

  /// The value of a member; setting replaces it in place or adds it at the end, nil removes it.
  public subscript(key: String) -> String? {
    get { entries.first { $0.key == key }?.value }
    set {
      let position = entries.firstIndex { $0.key == key }
      switch (position, newValue) {
      case (let position?, let value?): entries[position].value = value
      case (let position?, nil): entries.remove(at: position)
      case (nil, let value?): entries.append(Entry(key: key, value: value))
      case (nil, nil): break
      }
    }
  }

  /// The members of a header value; members that are not `name=value` are left out, a repeated name keeps its last
  /// value.
  public init(header: String) {
    for part in header.utf8.prefix(2 * Self.byteLimit).split(separator: 0x2c) {
      guard entries.count < Self.memberLimit else { return }
      let pieces = part.split(separator: 0x3b, maxSplits: 1, omittingEmptySubsequences: false)
      guard let pair = pieces.first, let equals = pair.firstIndex(of: 0x3d) else { continue }
      let name = pair[..<equals].trimmed
      guard !name.isEmpty, name.allSatisfy(Self.isTokenCharacter) else { continue }
      guard let value = PercentEncoding.decode(pair[pair.index(after: equals)...].trimmed) else { continue }
      let properties = pieces.count > 1 ? String(decoding: pieces[1].trimmed, as: UTF8.self) : ""
      let entry = Entry(key: String(decoding: name, as: UTF8.self), value: value, properties: properties)
      if let position = entries.firstIndex(where: { $0.key == entry.key }) {
        entries[position] = entry
      } else {
        entries.append(entry)
      }
    }
  }

  /// The header value, or nil when there is no member that fits.
  public var header: String? {
    var text = ""
    for entry in entries.prefix(Self.memberLimit) {
      guard !entry.key.isEmpty, entry.key.utf8.allSatisfy(Self.isTokenCharacter) else { continue }
      var member = entry.key + "=" + PercentEncoding.encode(entry.value)
      if !entry.properties.isEmpty { member += ";" + entry.properties }
      let separator = text.isEmpty ? 0 : 1
      if text.utf8.count + separator + member.utf8.count > Self.byteLimit { break }
      if separator == 1 { text += "," }
      text += member
    }
    return text.isEmpty ? nil : text
  }

  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x5e, 0x5f, 0x60, 0x7c, 0x7e: true
    default: false
    }
  }
}

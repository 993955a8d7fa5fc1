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
    /// The value as it came; sent again like that, since encoders differ in what they escape.
    private var received: String?

    /// A member with its parts.
    public init(key: String, value: String, properties: String = "") {
      self.key = key
      self.value = value
      self.properties = properties
    }

    init(key: String, received: String, properties: String) {
      self.init(key: key, value: PercentEncoding.decode(received.utf8), properties: properties)
      self.received = received
    }

    /// The value as it is sent.
    var encodedValue: String {
      if let received, PercentEncoding.decode(received.utf8) == value { return received }
      return PercentEncoding.encode(value)
    }

    public static func == (one: Entry, other: Entry) -> Bool {
      one.key == other.key && one.value == other.value && one.properties == other.properties
    }

    public func hash(into hasher: inout Hasher) {
      hasher.combine(key)
      hasher.combine(value)
      hasher.combine(properties)
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

  /// The members of a header value.
  ///
  /// Members that break the grammar are left out, a repeated name keeps its last value. Of a longer header the
  /// members count that lie within the first 16 KiB.
  public init(header: String) {
    let limit = 2 * Self.byteLimit
    var members = header.utf8.prefix(limit).split(separator: 0x2c)
    // The member that the limit cuts through is not taken in half.
    if header.utf8.count > limit, header.utf8.dropFirst(limit).first != 0x2c { members = members.dropLast() }
    for member in members {
      guard entries.count < Self.memberLimit else { return }
      guard let entry = Self.entry(member) else { continue }
      if let position = entries.firstIndex(where: { $0.key == entry.key }) {
        entries[position] = entry
      } else {
        entries.append(entry)
      }
    }
  }

  private static func entry(_ member: Substring.UTF8View) -> Entry? {
    let pieces = member.split(separator: 0x3b, maxSplits: 1, omittingEmptySubsequences: false)
    guard let pair = pieces.first, let equals = pair.firstIndex(of: 0x3d) else { return nil }
    let name = pair[..<equals].trimmed
    let value = pair[pair.index(after: equals)...].trimmed
    guard !name.isEmpty, name.allSatisfy(isTokenCharacter), value.allSatisfy(isValueCharacter) else { return nil }
    let properties = pieces.count > 1 ? pieces[1].trimmed : Substring().utf8
    return Entry(
      key: String(decoding: name, as: UTF8.self), received: String(decoding: value, as: UTF8.self),
      properties: properties.allSatisfy(isPropertyCharacter) ? String(decoding: properties, as: UTF8.self) : "")
  }

  /// The members that are sent: those that the grammar allows, within the limits.
  var propagated: [Entry] { fitting.map(\.entry) }

  /// The header value, or nil when there is no member that fits.
  public var header: String? {
    let members = fitting
    return members.isEmpty ? nil : members.map(\.text).joined(separator: ",")
  }

  private var fitting: [(entry: Entry, text: String)] {
    var members: [(entry: Entry, text: String)] = []
    var byteCount = 0
    for entry in entries where Self.isValidKey(entry.key) {
      var text = entry.key + "=" + entry.encodedValue
      if !entry.properties.isEmpty, entry.properties.utf8.allSatisfy(Self.isPropertyCharacter) {
        text += ";" + entry.properties
      }
      byteCount += text.utf8.count + (members.isEmpty ? 0 : 1)
      if byteCount > Self.byteLimit || members.count == Self.memberLimit { break }
      members.append((entry, text))
    }
    return members
  }

  /// Whether a member may have this name: a token of HTTP.
  static func isValidKey(_ key: String) -> Bool { !key.isEmpty && key.utf8.allSatisfy(isTokenCharacter) }

  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x5e, 0x5f, 0x60, 0x7c, 0x7e: true
    default: false
    }
  }

  /// Printable ASCII without blank, quote, comma, semicolon and backslash.
  private static func isValueCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x23...0x2b, 0x2d...0x3a, 0x3c...0x5b, 0x5d...0x7e: true
    default: false
    }
  }

  /// Properties are forwarded as they came, but nothing may break out of the header.
  private static func isPropertyCharacter(_ byte: UInt8) -> Bool {
    byte == 0x09 || (byte >= 0x20 && byte <= 0x7e && byte != 0x2c)
  }
}

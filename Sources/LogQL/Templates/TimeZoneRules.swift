import Glibc

/// When a time zone's clocks differ from Greenwich by how much.
struct TimeZoneRules: Sendable {
  /// One change of the clocks: from when (seconds since 1970), the offset in seconds, the abbreviation.
  private let changes: [(from: Int64, offset: Int, name: String)]

  static let utc = TimeZoneRules(changes: [(.min, 0, "UTC")])

  private init(changes: [(from: Int64, offset: Int, name: String)]) { self.changes = changes }

  /// The zone of a name of the system's database; nil when it has none of that name.
  init?(name: String) {
    if name.isEmpty || name == "UTC" || name == "Local" {
      self = .utc
      return
    }
    let isPlain = name.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (0x30...0x39).contains(byte)
        || "/_+-".utf8.contains(byte)
    }
    guard isPlain, name.first != "/", name.utf8.count < 64,
      let bytes = TimeZoneRules.contents("/usr/share/zoneinfo/" + name), let rules = TimeZoneRules(file: bytes)
    else { return nil }
    self = rules
  }

  private static func contents(_ path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { _ = close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe read(descriptor, &bytes, bytes.count)
    return count > 44 ? Array(bytes.prefix(count)) : nil
  }

  /// Reads the 64-bit section of a TZif file (RFC 8536); the rule for times after its last change is not read.
  private init?(file bytes: [UInt8]) {
    func number(_ start: Int, _ width: Int) -> Int64? {
      guard start >= 0, start + width <= bytes.count else { return nil }
      let value = bytes[start..<(start + width)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return width == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
    }
    func counts(_ start: Int) -> [Int]? {
      guard bytes.dropFirst(start).starts(with: "TZif".utf8) else { return nil }
      let counts = (0..<6).compactMap { number(start + 20 + 4 * $0, 4).map { Int($0) } }
      return counts.count == 6 && counts.allSatisfy { (0...100_000).contains($0) } ? counts : nil
    }
    // Counts: UT flags, standard flags, leap seconds, transitions, types, characters.
    guard let old = counts(0) else { return nil }
    let header = 44 + old[3] * 5 + old[4] * 6 + old[5] + old[2] * 8 + old[1] + old[0]
    guard let new = counts(header) else { return nil }
    let times = header + 44
    let indexes = times + new[3] * 8
    let types = indexes + new[3]
    let names = types + new[4] * 6
    guard names + new[5] <= bytes.count, new[4] > 0 else { return nil }
    func change(_ from: Int64, _ type: Int) -> (from: Int64, offset: Int, name: String)? {
      guard type < new[4], let offset = number(types + type * 6, 4) else { return nil }
      let name = bytes[(names + Int(bytes[types + type * 6 + 5]))...].prefix { $0 != 0 }
      return (from, Int(offset), String(decoding: name, as: UTF8.self))
    }
    var changes: [(from: Int64, offset: Int, name: String)] = []
    if let first = change(.min, 0) { changes.append(first) }
    for index in 0..<new[3] {
      guard let from = number(times + index * 8, 8), let next = change(from, Int(bytes[indexes + index])) else {
        return nil
      }
      changes.append(next)
    }
    guard !changes.isEmpty else { return nil }
    self.changes = changes
  }

  /// The offset and the zone's name at a time.
  func offset(unix seconds: Int64) -> (Int, String) {
    let found = changes.last { $0.from <= seconds } ?? changes[0]
    return (found.offset, found.name)
  }

  /// The offset and the zone's name at a local time.
  func offset(local seconds: Int64) -> (Int, String) {
    let guess = offset(unix: seconds)
    return offset(unix: seconds - Int64(guess.0))
  }
}

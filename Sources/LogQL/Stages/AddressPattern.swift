/// A network address.
struct NetworkAddress: Sendable, Hashable, Comparable {
  let isVersion4: Bool
  let bits: UInt128

  static func < (left: NetworkAddress, right: NetworkAddress) -> Bool { left.bits < right.bits }

  init(version4 bits: UInt32) {
    isVersion4 = true
    self.bits = UInt128(bits)
  }

  init(version6 bits: UInt128) {
    isVersion4 = false
    self.bits = bits
  }

  /// Reads `192.168.0.1` or `2001:db8::1`; nil when the text is no address.
  init?(_ text: ArraySlice<UInt8>) {
    if text.contains(UInt8(ascii: ":")) {
      guard let bits = NetworkAddress.version6(text) else { return nil }
      self.init(version6: bits)
    } else {
      guard let bits = NetworkAddress.version4(text) else { return nil }
      self.init(version4: bits)
    }
  }

  private static func version4(_ text: ArraySlice<UInt8>) -> UInt32? {
    let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
      var value: UInt32 = 0
      for byte in part {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + UInt32(byte - UInt8(ascii: "0"))
      }
      guard value < 256 else { return nil }
      bits = bits << 8 | value
    }
    return bits
  }

  private static func version6(_ text: ArraySlice<UInt8>) -> UInt128? {
    guard text.count <= 45 else { return nil }
    let halves = split(text)
    guard let halves, let left = groups(halves.0), let right = groups(halves.1) else { return nil }
    let count = left.count + right.count
    guard halves.isCompressed ? count < 8 : count == 8 else { return nil }
    let all = left + Array(repeating: 0, count: 8 - count) + right
    return all.reduce(UInt128(0)) { $0 << 16 | UInt128($1) }
  }

  /// The parts before and after `::`.
  private static func split(
    _ text: ArraySlice<UInt8>
  ) -> (ArraySlice<UInt8>, ArraySlice<UInt8>, isCompressed: Bool)? {
    let colons: [UInt8] = [UInt8(ascii: ":"), UInt8(ascii: ":")]
    guard let index = ByteSearch.index(of: colons, in: text) else { return (text, [], false) }
    let rest = text[(index + 2)...]
    if ByteSearch.index(of: colons, in: rest) != nil || rest.first == UInt8(ascii: ":") { return nil }
    return (text[..<index], rest, true)
  }

  private static func groups(_ text: ArraySlice<UInt8>) -> [UInt16]? {
    if text.isEmpty { return [] }
    var groups: [UInt16] = []
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
        guard let bits = version4(part) else { return nil }
        groups += [UInt16(bits >> 16), UInt16(truncatingIfNeeded: bits)]
        continue
      }
      guard (1...4).contains(part.count), let value = UInt16(String(decoding: part, as: UTF8.self), radix: 16),
        part.first != UInt8(ascii: "+")
      else { return nil }
      groups.append(value)
    }
    return groups
  }
}

/// An address, a range of addresses or a network: `10.0.0.1`, `10.0.0.1-10.0.0.9`, `10.0.0.0/8`.
struct AddressPattern: Sendable {
  private let lower: NetworkAddress
  private let upper: NetworkAddress

  init(_ pattern: String) throws(StageError) {
    guard let range = AddressPattern.range(pattern) else { throw StageError("ip: invalid pattern: \(pattern)") }
    (lower, upper) = range
  }

  private static func range(_ pattern: String) -> (NetworkAddress, NetworkAddress)? {
    let bytes = Array(pattern.trimmed.utf8)[...]
    if let dash = bytes.firstIndex(of: UInt8(ascii: "-")) {
      guard let low = NetworkAddress(bytes[..<dash]), let high = NetworkAddress(bytes[(dash + 1)...]),
        low.isVersion4 == high.isVersion4, low <= high
      else { return nil }
      return (low, high)
    }
    if let slash = bytes.firstIndex(of: UInt8(ascii: "/")) {
      guard let base = NetworkAddress(bytes[..<slash]),
        let length = Int(String(decoding: bytes[(slash + 1)...], as: UTF8.self)),
        length >= 0, length <= (base.isVersion4 ? 32 : 128)
      else { return nil }
      let free = (base.isVersion4 ? 32 : 128) - length
      let mask: UInt128 = free == 128 ? .max : (UInt128(1) << UInt128(free)) - 1
      let low = base.bits & ~mask
      let high = base.bits | mask
      return base.isVersion4
        ? (
          NetworkAddress(version4: UInt32(truncatingIfNeeded: low)),
          NetworkAddress(version4: UInt32(truncatingIfNeeded: high))
        )
        : (NetworkAddress(version6: low), NetworkAddress(version6: high))
    }
    return NetworkAddress(bytes).map { ($0, $0) }
  }

  private func holds(_ text: ArraySlice<UInt8>) -> Bool {
    guard let address = NetworkAddress(text), address.isVersion4 == lower.isVersion4 else { return false }
    return lower <= address && address <= upper
  }

  /// Whether an address that the pattern describes stands anywhere in the text.
  func isFound(in line: ArraySlice<UInt8>) -> Bool {
    var position = line.startIndex
    while position < line.endIndex {
      guard AddressPattern.isAddressByte(line[position]) else {
        position += 1
        continue
      }
      var end = position
      while end < line.endIndex, AddressPattern.isAddressByte(line[end]) { end += 1 }
      if isFoundInRun(line[position..<end]) { return true }
      position = end
    }
    return false
  }

  private func isFoundInRun(_ run: ArraySlice<UInt8>) -> Bool {
    if lower.isVersion4 {
      return run.split(whereSeparator: { !($0 == UInt8(ascii: ".") || AddressPattern.isDigit($0)) }).contains { part in
        var part = part
        while part.last == UInt8(ascii: ".") { part = part.dropLast() }
        while part.first == UInt8(ascii: ".") { part = part.dropFirst() }
        return holds(part)
      }
    }
    var run = run
    while run.last == UInt8(ascii: ".") { run = run.dropLast() }
    if holds(run) { return true }
    return run.last == UInt8(ascii: ":") && holds(run.dropLast())
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func isAddressByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "."), UInt8(ascii: ":"):
      true
    default: false
    }
  }
}

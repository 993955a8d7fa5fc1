/// Gives equal 64-bit keys equal numbers, counted from 0 in the order of first sight: open addressing, multiply-xor hash.
struct KeyTable {
  /// The distinct keys; key `i` has number `i`.
  private(set) var keys: [UInt64] = []
  /// Number + 1; 0 is empty.
  private var slots: [UInt32]
  private var mask: Int

  init() {
    slots = [UInt32](repeating: 0, count: 64)
    mask = 63
  }

  var count: Int { keys.count }
  var memoryBytes: Int { keys.count * 8 + slots.count * 4 }

  @inline(__always)
  mutating func number(of key: UInt64) -> UInt32 {
    var slot = KeyTable.hash(key) & mask
    while true {
      let entry = slots[slot]
      if entry == 0 { return insert(key, at: slot) }
      if keys[Int(entry &- 1)] == key { return entry &- 1 }
      slot = (slot &+ 1) & mask
    }
  }

  @inline(__always)
  private static func hash(_ key: UInt64) -> Int {
    let product = (key ^ key &>> 32) &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: product ^ product &>> 29)
  }

  @inline(never)
  private mutating func insert(_ key: UInt64, at slot: Int) -> UInt32 {
    let number = UInt32(truncatingIfNeeded: keys.count)
    keys.append(key)
    slots[slot] = number &+ 1
    if keys.count * 2 > slots.count { grow() }
    return number
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    mask = slots.count - 1
    for (number, key) in keys.enumerated() {
      var slot = KeyTable.hash(key) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(number + 1)
    }
  }
}

/// Distinct resources, scopes or series: numbered for as long as the pool lives, and coded for the body in hand.
///
/// Two ways lead to an identity. The raw bytes of its message, compared in full, skip parsing: senders repeat them
/// byte by byte. Other bytes are parsed and found by content, so that one identity has one code in a batch.
struct IdentityPool<Identity: Hashable>: ~Copyable {
  private var raw = ByteTable()
  private var numberOfRaw = GrowableBuffer<UInt32>()
  /// The raw bytes last found or remembered.
  private var lastFound = -1
  private var numbers: [Identity: UInt32] = [:]
  private var identities: [Identity] = []
  /// The body that `codes` belongs to, by number.
  private var bodies = GrowableBuffer<UInt64>()
  private var codes = GrowableBuffer<UInt32>()
  private var body: UInt64 = 1
  /// The identities of the body in hand, by code.
  private(set) var batch: [Identity] = []

  init() {}

  var count: Int { max(identities.count, raw.count) }
  var byteCount: Int { raw.byteCount }

  /// The number of the identity whose raw bytes these are; nil when they are new.
  ///
  /// A sender sends its identities in the same order again and again, so the one behind the last is looked at first.
  mutating func find(_ key: borrowing GrowableBuffer<UInt8>) -> Int? {
    let next = lastFound &+ 1
    if next < raw.count, raw.equals(next, key.bytes, 0, key.count) {
      lastFound = next
      return Int(numberOfRaw[next])
    }
    let hash = ByteHash.hash(key.bytes, 0, key.count)
    guard let index = raw.find(key.bytes, 0, key.count, hash: hash) else { return nil }
    lastFound = index
    return Int(numberOfRaw[index])
  }

  /// The number of `identity`, by content. The newest object of equal ones is kept.
  mutating func register(_ identity: Identity) -> Int {
    if let number = numbers[identity] {
      identities[Int(number)] = identity
      if bodies[Int(number)] == body { batch[Int(codes[Int(number)])] = identity }
      return Int(number)
    }
    let number = identities.count
    identities.append(identity)
    numbers[identity] = UInt32(truncatingIfNeeded: number)
    bodies.append(0)
    codes.append(0)
    return number
  }

  /// Remembers that these raw bytes, which `find` did not know, stand for identity `number`.
  mutating func remember(_ key: borrowing GrowableBuffer<UInt8>, number: Int) {
    lastFound = raw.insert(key, hash: ByteHash.hash(key.bytes, 0, key.count))
    numberOfRaw.append(UInt32(truncatingIfNeeded: number))
  }

  subscript(number: Int) -> Identity { identities[number] }

  /// The code of identity `number` in the body in hand.
  @inline(__always)
  mutating func code(_ number: Int) -> UInt32 {
    if bodies[number] == body { return codes[number] }
    let code = UInt32(truncatingIfNeeded: batch.count)
    batch.append(identities[number])
    bodies[number] = body
    codes[number] = code
    return code
  }

  /// Forgets the codes, not the identities.
  mutating func beginBody() {
    body &+= 1
    batch.removeAll()
  }

  mutating func removeAll() {
    raw.removeAll()
    lastFound = -1
    numberOfRaw.removeAll()
    numbers.removeAll()
    identities.removeAll()
    bodies.removeAll()
    codes.removeAll()
    batch.removeAll()
  }
}

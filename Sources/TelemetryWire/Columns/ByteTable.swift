/// Numbers distinct byte strings 0, 1, 2 … in the order they came: open addressing, compared by content.
///
/// Cost of a look-up: one hash, one probe on average, one comparison of bytes. Equal hashes never unite strings.
struct ByteTable: ~Copyable {
  /// Index + 1 of the string in each slot; 0 is free. Always a power of two, at most half full.
  private var slots = GrowableBuffer<UInt32>()
  private var hashes = GrowableBuffer<UInt64>()
  private var ends = GrowableBuffer<Int>()
  private var arena = GrowableBuffer<UInt8>()

  var count: Int { ends.count }
  var byteCount: Int { arena.count }

  @inline(__always)
  private func start(_ index: Int) -> Int { index == 0 ? 0 : ends[index &- 1] }

  /// Whether string `index` is `bytes[from ..< to]`.
  @inline(__always)
  func equals(_ index: Int, _ bytes: RawSpan, _ from: Int, _ to: Int) -> Bool {
    let start = start(index)
    guard ends[index] &- start == to &- from else { return false }
    guard let base = unsafe arena.base else { return true }
    return unsafe bytes.equals(from, count: to &- from, UnsafeRawPointer(base + start))
  }

  /// The number of `bytes[from ..< to]`; nil when it is not in the table.
  func find(_ bytes: RawSpan, _ from: Int, _ to: Int, hash: UInt64) -> Int? {
    guard slots.count > 0 else { return nil }
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let index = Int(slots[slot]) &- 1
      if hashes[index] == hash, equals(index, bytes, from, to) { return index }
      slot = (slot &+ 1) & mask
    }
    return nil
  }

  /// Adds `bytes[from ..< to]`, which must not be in the table, and returns its number.
  mutating func insert(_ bytes: RawSpan, _ from: Int, _ to: Int, hash: UInt64) -> Int {
    let index = ends.count
    arena.append(bytes, from, to)
    ends.append(arena.count)
    hashes.append(hash)
    if (index &+ 1) &* 2 > slots.count { rehash() } else { place(index) }
    return index
  }

  /// Adds a buffer's content, which must not be in the table.
  mutating func insert(_ content: borrowing GrowableBuffer<UInt8>, hash: UInt64) -> Int {
    insert(content.bytes, 0, content.count, hash: hash)
  }

  mutating func removeAll() {
    slots.removeAll()
    hashes.removeAll()
    ends.removeAll()
    arena.removeAll()
  }

  private mutating func place(_ index: Int) {
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hashes[index]) & mask
    while slots[slot] != 0 { slot = (slot &+ 1) & mask }
    slots[slot] = UInt32(truncatingIfNeeded: index &+ 1)
  }

  private mutating func rehash() {
    let size = max(64, slots.count &* 2)
    slots.truncate(to: 0)
    for _ in 0..<size { slots.append(0) }
    for index in 0..<ends.count { place(index) }
  }
}

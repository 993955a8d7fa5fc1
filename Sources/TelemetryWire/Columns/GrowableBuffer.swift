/// A growing row of trivial values in memory of its own: what column builders are made of.
///
/// Owned by one decoder, hence noncopyable: no reference count and no exclusivity check per append. `removeAll`
/// keeps the memory, so that a reused builder does not allocate.
@safe
struct GrowableBuffer<Element: BitwiseCopyable>: ~Copyable {
  /// Memory for `capacity` elements; nil until the first append.
  private(set) var base: UnsafeMutablePointer<Element>?
  private(set) var count = 0
  private(set) var capacity = 0

  init() { unsafe base = nil }

  deinit { unsafe base?.deallocate() }

  /// Room for at least `needed` elements in all.
  @inline(never)
  private mutating func grow(_ needed: Int) {
    let newCapacity = max(needed, capacity &* 2, 16)
    let new = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
    if let old = unsafe base {
      unsafe new.update(from: old, count: count)
      unsafe old.deallocate()
    }
    unsafe base = new
    capacity = newCapacity
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow(count &+ 1) }
    unsafe base.unsafelyUnwrapped[count] = element
    count &+= 1
  }

  /// Makes room so that `additional` further elements fit, and returns where they go; `commit` counts them.
  @inline(__always)
  mutating func reserve(_ additional: Int) -> UnsafeMutablePointer<Element> {
    if capacity &- count < additional || capacity == 0 { grow(count &+ max(additional, 1)) }
    return unsafe base.unsafelyUnwrapped + count
  }

  /// Counts `additional` elements that were written after `reserve`.
  @inline(__always)
  mutating func commit(_ additional: Int) {
    assert(count &+ additional <= capacity, "committed elements were reserved")
    count &+= additional
  }

  @inline(__always)
  mutating func removeLast(_ removed: Int) { count = max(0, count &- removed) }

  @inline(__always)
  mutating func truncate(to newCount: Int) { count = min(count, max(0, newCount)) }

  /// Forgets the elements; gives memory above `keeping` bytes back.
  mutating func removeAll(keeping byteLimit: Int = 1 << 20) {
    count = 0
    guard capacity &* MemoryLayout<Element>.stride > byteLimit else { return }
    unsafe base?.deallocate()
    unsafe base = nil
    capacity = 0
  }

  subscript(index: Int) -> Element {
    @inline(__always) get {
      precondition(index >= 0 && index < count, "index inside the buffer")
      return unsafe base.unsafelyUnwrapped[index]
    }
    @inline(__always) set {
      precondition(index >= 0 && index < count, "index inside the buffer")
      unsafe base.unsafelyUnwrapped[index] = newValue
    }
  }

  /// The elements as an array of their own.
  func array() -> [Element] { unsafe Array(UnsafeBufferPointer(start: base, count: count)) }

  /// The elements' bytes as an array of another trivial type whose size divides them.
  func array<Other: BitwiseCopyable>(as type: Other.Type) -> [Other] {
    let bytes = count &* MemoryLayout<Element>.stride
    let otherCount = bytes / MemoryLayout<Other>.stride
    guard let base = unsafe base else { return [] }
    return unsafe Array(unsafeUninitializedCapacity: otherCount) { target, initialized in
      unsafe UnsafeMutableRawBufferPointer(target).copyMemory(from: UnsafeRawBufferPointer(start: base, count: bytes))
      initialized = otherCount
    }
  }
}

extension GrowableBuffer where Element == UInt8 {
  /// The content, valid while the buffer is borrowed.
  var bytes: RawSpan {
    @_lifetime(borrow self)
    borrowing get {
      let span = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: base, count: count))
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// Copies `source[start ..< end]` behind the content.
  @inline(__always)
  mutating func append(_ source: RawSpan, _ start: Int, _ end: Int) {
    let length = end &- start
    guard length > 0 else { return }
    precondition(start >= 0 && end <= source.byteCount, "the copied range lies inside its source")
    if length <= 16, source.byteCount &- start >= 16 {
      // Most values are short: two words, some of them too many, cost less than a call of memcpy.
      let target = unsafe UnsafeMutableRawPointer(reserve(16))
      let low = unsafe source.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
      let high = unsafe source.unsafeLoadUnaligned(fromByteOffset: start &+ 8, as: UInt64.self)
      unsafe target.storeBytes(of: low, as: UInt64.self)
      unsafe target.storeBytes(of: high, toByteOffset: 8, as: UInt64.self)
      count &+= length
      return
    }
    let target = unsafe reserve(length)
    unsafe source.withUnsafeBytes { content in
      unsafe UnsafeMutableRawPointer(target).copyMemory(
        from: content.baseAddress.unsafelyUnwrapped + start, byteCount: length)
    }
    count &+= length
  }

  mutating func append(_ other: borrowing GrowableBuffer<UInt8>) { append(other.bytes, 0, other.count) }

  mutating func append(contentsOf source: [UInt8]) {
    for byte in source { append(byte) }
  }

  mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  @inline(__always)
  mutating func appendFixed64(_ value: UInt64) {
    let target = unsafe reserve(8)
    unsafe UnsafeMutableRawPointer(target).storeBytes(of: value.littleEndian, as: UInt64.self)
    count &+= 8
  }

  mutating func appendFixed32(_ value: UInt32) {
    let target = unsafe reserve(4)
    unsafe UnsafeMutableRawPointer(target).storeBytes(of: value.littleEndian, as: UInt32.self)
    count &+= 4
  }

  /// Writes a number below 2^28 as a varint of four bytes over those at `position`.
  mutating func setVarint28(at position: Int, _ value: UInt32) {
    precondition(position >= 0 && position &+ 4 <= count, "the bytes lie inside the buffer")
    let low = value & 0x7f | (value & 0x3f80) << 1
    let high = (value & 0x1f_c000) << 2 | (value & 0xfe0_0000) << 3
    let bits = low | high | 0x0080_8080
    unsafe UnsafeMutableRawPointer(base.unsafelyUnwrapped + position).storeBytes(of: bits.littleEndian, as: UInt32.self)
  }

  /// Writes `value` as a varint over the one zero byte at `position`, moving what follows when it needs more bytes.
  mutating func patchVarint(at position: Int, _ value: UInt64) {
    precondition(position >= 0 && position < count, "the patched byte lies inside the buffer")
    var length = 1
    while length < 10, value >> UInt64(7 &* length) != 0 { length &+= 1 }
    if length > 1 {
      let tail = count &- position &- 1
      _ = unsafe reserve(length &- 1)
      let byte = unsafe UnsafeMutableRawPointer(base.unsafelyUnwrapped + position)
      unsafe (byte + length).copyMemory(from: byte + 1, byteCount: tail)
      count &+= length &- 1
    }
    var rest = value
    for index in 0..<length {
      self[position &+ index] = UInt8(truncatingIfNeeded: rest & 0x7f) | (index &+ 1 < length ? 0x80 : 0)
      rest >>= 7
    }
  }
}

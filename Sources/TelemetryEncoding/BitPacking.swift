/// Values at ascending bits of a byte sequence, the lowest bit first; see docs/format/part.md, "Frame of reference".
enum BitPacking {
  /// Bits that hold every value up to `greatest`.
  @inline(__always)
  static func width(of greatest: UInt64) -> Int { 64 - greatest.leadingZeroBitCount }

  static func byteCount(_ count: Int, width: Int) -> Int { (count * width + 7) / 8 }

  /// Packs `values[range]`, each minus `base`, which must fit `width` bits.
  static func append(
    _ values: Span<Int64>, _ range: Range<Int>, base: Int64, width: Int, to writer: inout EncodingWriter
  ) {
    if width == 0 { return }
    var accumulator: UInt64 = 0
    var filled = 0
    for index in range {
      let value = UInt64(bitPattern: values[index] &- base)
      accumulator |= value &<< UInt64(filled)
      filled &+= width
      if filled < 64 { continue }
      writer.append(fixed: accumulator)
      filled &-= 64
      // Bits of the value that did not fit; a shift by the whole width leaves none.
      accumulator = value >> UInt64(width &- filled)
    }
    if filled > 0 { writer.append(low: (filled + 7) / 8, of: accumulator) }
  }

  /// Unpacks `count` values from `start` of `bytes`, adds `base` and appends them to `target`.
  ///
  /// - Precondition: the packed bytes lie inside `bytes` (the caller took them from a checked reader).
  static func unpack(
    _ bytes: RawSpan, start: Int, count: Int, width: Int, base: Int64, into target: inout [Int64]
  ) {
    let values = unsafe [Int64](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      if let values = buffer.baseAddress {
        unsafe unpack(bytes, start: start, count: count, width: width, base: base, to: values)
      }
      initializedCount = count
    }
    if target.isEmpty { target = values } else { target += values }
  }

  /// The same into memory for `count` values.
  static func unpack(
    _ bytes: RawSpan, start: Int, count: Int, width: Int, base: Int64, to target: UnsafeMutablePointer<Int64>
  ) {
    if width == 0 {
      unsafe target.initialize(repeating: base, count: count)
      return
    }
    precondition(start >= 0 && start + byteCount(count, width: width) <= bytes.byteCount, "packed bytes lie inside")
    // Loads of nine bytes are safe up to here; the last values are read byte by byte.
    let lastWide = bytes.byteCount &- 9
    let mask: UInt64 = width == 64 ? .max : (1 &<< UInt64(width)) &- 1
    var bit = 0
    var index = 0
    if width <= 57 {
      // All that one load of eight bytes holds.
      let wideCount = lastWide < start ? 0 : min(count, ((lastWide &- start) &* 8 &+ 7) / width &+ 1)
      while index < wideCount {
        let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: start &+ bit >> 3, as: UInt64.self)
        let value = UInt64(littleEndian: word) &>> UInt64(bit & 7)
        unsafe target[index] = Int64(bitPattern: value & mask) &+ base
        bit &+= width
        index &+= 1
      }
    }
    while index < count {
      let position = start &+ bit >> 3
      let shift = UInt64(bit & 7)
      var value: UInt64
      if position <= lastWide {
        let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
        value = UInt64(littleEndian: word) &>> shift
        if Int(shift) &+ width > 64 {
          let next = UInt64(unsafe bytes.unsafeLoad(fromByteOffset: position &+ 8, as: UInt8.self))
          value |= next &<< (64 &- shift)
        }
      } else {
        value = slowLoad(bytes, position: position, shift: shift, width: width)
      }
      unsafe target[index] = Int64(bitPattern: value & mask) &+ base
      bit &+= width
      index &+= 1
    }
  }

  private static func slowLoad(_ bytes: RawSpan, position: Int, shift: UInt64, width: Int) -> UInt64 {
    var value: UInt64 = 0
    let needed = (Int(shift) + width + 7) / 8
    for offset in 0..<needed {
      let byte = UInt64(unsafe bytes.unsafeLoad(fromByteOffset: position + offset, as: UInt8.self))
      let place = offset * 8 - Int(shift)
      value |= place >= 0 ? byte << UInt64(place) : byte >> UInt64(-place)
    }
    return value
  }
}

/// Words split into planes of their bytes and compressed: for values whose high bytes repeat.
enum BytePlanes {
  /// Appends `values`, which lie in `smallest ... greatest`.
  static func append(_ values: Span<Int64>, _ smallest: Int64, _ greatest: Int64, to writer: inout EncodingWriter) {
    let width = max(1, (BitPacking.width(of: UInt64(bitPattern: greatest &- smallest)) + 7) / 8)
    let count = values.count
    var planes = [UInt8](repeating: 0, count: count * width)
    for plane in 0..<width {
      let start = plane * count
      let shift = UInt64(plane * 8)
      for index in 0..<count {
        planes[start &+ index] = UInt8(truncatingIfNeeded: UInt64(bitPattern: values[index] &- smallest) &>> shift)
      }
    }
    writer.append(fixed: smallest)
    writer.append(UInt8(width))
    let lengthOffset = writer.count
    writer.append(fixed: UInt32(0))
    let length = unsafe Zstandard.append(planes.span.bytes, level: Zstandard.chunkLevel, to: &writer)
    writer.overwrite(fixed: UInt32(length), at: lengthOffset)
  }

  static func decode(count: Int, _ reader: inout EncodingReader) throws(EncodingError) -> [Int64] {
    let base = try reader.fixed(Int64.self)
    let width = Int(try reader.byte())
    guard (1...8).contains(width) else { throw EncodingError(.damaged, "words of \(width) bytes") }
    let length = try reader.fixedCount(limit: reader.remaining)
    let range = try reader.take(length)
    var planes: [UInt8] = []
    try Zstandard.decompress(reader.bytes, range, byteCount: count * width, into: &planes)
    return unsafe [Int64](unsafeUninitializedCapacity: count) { target, initializedCount in
      unsafe planes.withUnsafeBufferPointer { planes in
        // One pass a plane: each runs over consecutive bytes and words.
        for index in 0..<count { unsafe target[index] = base &+ Int64(planes[index]) }
        for plane in 1..<max(1, width) {
          let start = plane * count
          let shift = UInt64(plane * 8)
          for index in 0..<count {
            unsafe target[index] &+= Int64(bitPattern: UInt64(planes[start &+ index]) &<< shift)
          }
        }
      }
      initializedCount = count
    }
  }
}

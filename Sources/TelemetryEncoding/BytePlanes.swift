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
    let layout = try Layout(count: count, &reader)
    return unsafe [Int64](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      if let target = buffer.baseAddress { unsafe layout.unite(to: target) }
      initializedCount = count
    }
  }

  /// Decodes `count` differences and adds them up: one value more, beginning with `first`.
  static func decodeSums(
    from first: Int64, count: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) -> [Int64] {
    let layout = try Layout(count: count, &reader)
    return unsafe [Int64](unsafeUninitializedCapacity: count + 1) { buffer, initializedCount in
      if let target = buffer.baseAddress {
        unsafe target[0] = first
        unsafe layout.unite(to: target + 1)
        var sum = first
        for index in 1..<count + 1 {
          sum = unsafe sum &+ target[index]
          unsafe target[index] = sum
        }
      }
      initializedCount = count + 1
    }
  }

  /// The planes of a payload, decompressed.
  private struct Layout {
    /// Values that are put together at a time, so that they stay in the nearest cache from plane to plane.
    private static let stride = 512

    let count: Int
    let base: Int64
    let width: Int
    let planes: [UInt8]

    init(count: Int, _ reader: inout EncodingReader) throws(EncodingError) {
      self.count = count
      base = try reader.fixed(Int64.self)
      width = Int(try reader.byte())
      guard (1...8).contains(width) else { throw EncodingError(.damaged, "words of \(width) bytes") }
      let length = try reader.fixedCount(limit: reader.remaining)
      let range = try reader.take(length)
      var planes: [UInt8] = []
      try Zstandard.decompress(reader.bytes, range, byteCount: count * width, into: &planes)
      self.planes = planes
    }

    /// Fills memory for `count` values.
    func unite(to target: UnsafeMutablePointer<Int64>) {
      unsafe planes.withUnsafeBufferPointer { planes in
        var start = 0
        while start < count {
          let end = min(start + Layout.stride, count)
          for index in start..<end { unsafe target[index] = base &+ Int64(planes[index]) }
          for plane in 1..<max(1, width) {
            let offset = plane * count
            let shift = UInt64(plane * 8)
            for index in start..<end {
              unsafe target[index] &+= Int64(bitPattern: UInt64(planes[offset &+ index]) &<< shift)
            }
          }
          start = end
        }
      }
    }
  }
}

/// Words split into planes of their bytes and compressed: for values whose high bytes repeat.
struct BytePlanes {
  /// Values that are put together at a time, so that they stay in the nearest cache from plane to plane.
  private static let stride = 512

  private let count: Int
  private let base: Int64
  private let width: Int
  private let planes: [UInt8]

  /// Decompresses the planes of `count` words; the reader stands behind them afterwards.
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

  /// Fills memory with the words of a range.
  func unite(_ range: Range<Int>, to target: UnsafeMutablePointer<Int64>) {
    precondition(range.upperBound <= count, "the words are there")
    unsafe planes.withUnsafeBufferPointer { planes in
      var start = range.lowerBound
      while start < range.upperBound {
        let end = min(start + BytePlanes.stride, range.upperBound)
        let words = unsafe target + (start - range.lowerBound)
        let length = end - start
        for index in 0..<length { unsafe words[index] = base &+ Int64(planes[start &+ index]) }
        for plane in 1..<max(1, width) {
          let offset = plane * count + start
          let shift = UInt64(plane * 8)
          for index in 0..<length {
            unsafe words[index] &+= Int64(bitPattern: UInt64(planes[offset &+ index]) &<< shift)
          }
        }
        start = end
      }
    }
  }

  /// One word.
  subscript(index: Int) -> Int64 {
    var word: UInt64 = 0
    for plane in 0..<width { word |= UInt64(planes[plane * count + index]) &<< UInt64(plane * 8) }
    return Int64(bitPattern: word) &+ base
  }

  /// All words as codes below `limit` when they have one plane; nil when they have more.
  func codes(limit: Int) throws(EncodingError) -> [UInt32]? {
    guard width == 1, base >= 0, base < 1 << 24 else { return nil }
    let offset = UInt32(truncatingIfNeeded: base)
    let codes = planes.map { offset &+ UInt32($0) }
    guard let greatest = planes.max(), Int(base) + Int(greatest) < limit else {
      throw EncodingError(.damaged, "a code is beyond its table")
    }
    return codes
  }

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
}

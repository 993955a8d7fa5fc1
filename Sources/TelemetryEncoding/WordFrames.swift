/// Frame-of-reference packing: each frame of 128 values has a base and a bit width.
struct WordFrames {
  let smallest: Int64
  let greatest: Int64
  private let count: Int
  private let widths: [UInt8]
  private let bases: [Int64]
  private let smallestBase: Int64
  private let baseWidth: Int
  private let dataBytes: Int

  /// Measures `values`; one pass.
  init(_ values: Span<Int64>) {
    count = values.count
    var widths: [UInt8] = []
    var bases: [Int64] = []
    var dataBytes = 0
    var smallest = Int64.max
    var greatest = Int64.min
    var start = 0
    while start < values.count {
      let end = min(start + WordCodec.frameLength, values.count)
      var low = values[start]
      var high = low
      for index in start..<end {
        let value = values[index]
        if value < low { low = value }
        if value > high { high = value }
      }
      let width = BitPacking.width(of: UInt64(bitPattern: high &- low))
      widths.append(UInt8(width))
      bases.append(low)
      dataBytes += BitPacking.byteCount(end - start, width: width)
      smallest = min(smallest, low)
      greatest = max(greatest, high)
      start = end
    }
    let greatestBase = bases.max() ?? 0
    smallestBase = bases.min() ?? 0
    baseWidth = BitPacking.width(of: UInt64(bitPattern: greatestBase &- smallestBase))
    self.widths = widths
    self.bases = bases
    self.dataBytes = dataBytes
    self.smallest = smallest
    self.greatest = greatest
  }

  /// Exact size of the payload.
  var byteCount: Int { widths.count + 9 + BitPacking.byteCount(bases.count, width: baseWidth) + dataBytes }

  /// Appends the payload of the values that were measured.
  func append(_ values: Span<Int64>, to writer: inout EncodingWriter) {
    writer.append(contentsOf: widths)
    writer.append(fixed: smallestBase)
    writer.append(UInt8(baseWidth))
    BitPacking.append(bases.span, 0..<bases.count, base: smallestBase, width: baseWidth, to: &writer)
    for frame in 0..<widths.count {
      let start = frame * WordCodec.frameLength
      let range = start..<min(start + WordCodec.frameLength, count)
      BitPacking.append(values, range, base: bases[frame], width: Int(widths[frame]), to: &writer)
    }
  }

  static func decode(count: Int, _ reader: inout EncodingReader) throws(EncodingError) -> [Int64] {
    let layout = try Layout(count: count, &reader)
    let bytes = reader.bytes
    return unsafe [Int64](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      if let target = buffer.baseAddress { unsafe layout.unpack(bytes, to: target) }
      initializedCount = count
    }
  }

  /// Decodes `count` differences and adds them up: one value more, beginning with `first`.
  static func decodeSums(
    from first: Int64, count: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) -> [Int64] {
    let layout = try Layout(count: count, &reader)
    let bytes = reader.bytes
    return unsafe [Int64](unsafeUninitializedCapacity: count + 1) { buffer, initializedCount in
      if let target = buffer.baseAddress {
        unsafe target[0] = first
        unsafe layout.unpack(bytes, to: target + 1)
        var sum = first
        for index in 1..<count + 1 {
          sum = unsafe sum &+ target[index]
          unsafe target[index] = sum
        }
      }
      initializedCount = count + 1
    }
  }

  /// Where the pieces of a payload are, checked against its end.
  private struct Layout {
    let count: Int
    let widths: Range<Int>
    let bases: [Int64]
    let data: Range<Int>

    init(count: Int, _ reader: inout EncodingReader) throws(EncodingError) {
      self.count = count
      let frameCount = (count + WordCodec.frameLength - 1) / WordCodec.frameLength
      widths = try reader.take(frameCount)
      let smallestBase = try reader.fixed(Int64.self)
      let baseWidth = Int(try reader.byte())
      guard baseWidth <= 64 else { throw EncodingError(.damaged, "a bit width above 64") }
      let baseRange = try reader.take(BitPacking.byteCount(frameCount, width: baseWidth))
      var dataBytes = 0
      for frame in 0..<frameCount {
        let width = Int(reader.bytes[widths.lowerBound + frame])
        guard width <= 64 else { throw EncodingError(.damaged, "a bit width above 64") }
        let length = min(WordCodec.frameLength, count - frame * WordCodec.frameLength)
        dataBytes += BitPacking.byteCount(length, width: width)
      }
      data = try reader.take(dataBytes)
      var bases: [Int64] = []
      BitPacking.unpack(
        unsafe reader.bytes.span.bytes, start: baseRange.lowerBound, count: frameCount, width: baseWidth,
        base: smallestBase, into: &bases)
      self.bases = bases
    }

    /// Fills memory for `count` values.
    func unpack(_ bytes: [UInt8], to target: UnsafeMutablePointer<Int64>) {
      let span = unsafe bytes.span.bytes
      var position = data.lowerBound
      for frame in bases.indices {
        let width = Int(bytes[widths.lowerBound + frame])
        let start = frame * WordCodec.frameLength
        let length = min(WordCodec.frameLength, count - start)
        unsafe BitPacking.unpack(
          span, start: position, count: length, width: width, base: bases[frame], to: target + start)
        position += BitPacking.byteCount(length, width: width)
      }
    }
  }
}

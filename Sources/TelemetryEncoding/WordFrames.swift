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
}

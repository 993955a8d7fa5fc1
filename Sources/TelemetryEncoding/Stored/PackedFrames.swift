/// A frame-of-reference sequence where it stands: any value can be had without the others.
struct PackedFrames {
  private let bytes: [UInt8]
  private let count: Int
  private let widths: Int
  private let bases: [Int64]
  /// Where each frame's packed values begin; one more at the end.
  private let starts: [Int]

  /// Reads the layout; the reader stands behind the sequence afterwards.
  init(count: Int, _ reader: inout EncodingReader) throws(EncodingError) {
    bytes = reader.bytes
    self.count = count
    let frameCount = (count + WordCodec.frameLength - 1) / WordCodec.frameLength
    let widthRange = try reader.take(frameCount)
    widths = widthRange.lowerBound
    let smallestBase = try reader.fixed(Int64.self)
    let baseWidth = Int(try reader.byte())
    guard baseWidth <= 64 else { throw EncodingError(.damaged, "a bit width above 64") }
    let baseRange = try reader.take(BitPacking.byteCount(frameCount, width: baseWidth))
    var bases: [Int64] = []
    bases.reserveCapacity(frameCount)
    BitPacking.unpack(
      unsafe reader.bytes.span.bytes, start: baseRange.lowerBound, count: frameCount, width: baseWidth,
      base: smallestBase,
      into: &bases)
    var starts: [Int] = []
    starts.reserveCapacity(frameCount + 1)
    var start = reader.position
    for frame in 0..<frameCount {
      let width = Int(reader.bytes[widthRange.lowerBound + frame])
      guard width <= 64 else { throw EncodingError(.damaged, "a bit width above 64") }
      starts.append(start)
      start += BitPacking.byteCount(min(WordCodec.frameLength, count - frame * WordCodec.frameLength), width: width)
    }
    starts.append(start)
    _ = try reader.take(start - reader.position)
    self.bases = bases
    self.starts = starts
  }

  var frameCount: Int { bases.count }

  /// Frames whose values are all the same.
  var constantCount: Int {
    var found = 0
    for frame in 0..<frameCount where bytes[widths + frame] == 0 { found += 1 }
    return found
  }

  /// The values of a frame, as positions of the sequence.
  func range(_ frame: Int) -> Range<Int> {
    let start = frame * WordCodec.frameLength
    return start..<min(start + WordCodec.frameLength, count)
  }

  /// The value that all of a frame's have; nil when they differ.
  func constant(_ frame: Int) -> Int64? { bytes[widths + frame] == 0 ? bases[frame] : nil }

  /// Fills memory with all values.
  func unpack(to target: UnsafeMutablePointer<Int64>) {
    for frame in bases.indices { unsafe unpack(frame, to: target + frame * WordCodec.frameLength) }
  }

  /// Fills memory with the values of a frame.
  func unpack(_ frame: Int, to target: UnsafeMutablePointer<Int64>) {
    unsafe BitPacking.unpack(
      bytes.span.bytes, start: starts[frame], count: range(frame).count, width: Int(bytes[widths + frame]),
      base: bases[frame], to: target)
  }

  /// Appends the values of a frame.
  func unpack(_ frame: Int, into values: inout [Int64]) {
    BitPacking.unpack(
      unsafe bytes.span.bytes, start: starts[frame], count: range(frame).count, width: Int(bytes[widths + frame]),
      base: bases[frame], into: &values)
  }

  subscript(index: Int) -> Int64 {
    let frame = index / WordCodec.frameLength
    let width = Int(bytes[widths + frame])
    if width == 0 { return bases[frame] }
    let bit = (index - frame * WordCodec.frameLength) * width
    let shift = bit & 7
    var value: UInt64 = 0
    // At most nine bytes hold the value.
    for offset in 0..<(shift + width + 7) / 8 {
      let byte = UInt64(bytes[starts[frame] + bit >> 3 + offset])
      let place = offset * 8 - shift
      value |= place >= 0 ? byte << UInt64(place) : byte >> UInt64(-place)
    }
    let mask: UInt64 = width == 64 ? .max : (1 &<< UInt64(width)) &- 1
    return Int64(bitPattern: value & mask) &+ bases[frame]
  }
}

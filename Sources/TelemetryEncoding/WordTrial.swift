import Glibc

/// Finds out on a sample whether a compressed form of words would be smaller than the packed one.
///
/// The entropy of the sample's bytes, plane by plane, tells which form is worth a call of zstd: most columns take one call
/// or none.
enum WordTrial {
  /// Values of each of the two windows of a sample.
  private static let windowLength = 512
  /// Above this share of the packed size an estimate ends the matter. zstd also finds repeats, which the estimate of single
  /// bytes does not see.
  private static let slack = 1.1
  /// What a form must take of the packed size at most.
  private static let gain = 0.9

  /// The form that saves more than a tenth of `packedByteCount`, if any.
  static func candidate(
    _ values: Span<Int64>, _ deltas: Span<Int64>, _ frames: WordFrames, _ deltaFrames: WordFrames, packedByteCount: Int
  ) -> ColumnEncoding? {
    var windows = [0..<min(2 * windowLength, deltas.count)]
    if deltas.count > 2 * windowLength {
      let middle = deltas.count / 2
      windows = [0..<windowLength, middle..<min(middle + windowLength, deltas.count)]
    }
    let packed = Double(packedByteCount) / Double(values.count)
    let planes = planeBytes(values, windows, smallest: frames.smallest, greatest: frames.greatest)
    let deltaPlanes = planeBytes(deltas, windows, smallest: deltaFrames.smallest, greatest: deltaFrames.greatest)
    var candidates: [ColumnEncoding] = []
    if min(planes, deltaPlanes) < packed * slack {
      candidates.append(planes < deltaPlanes ? .bytePlanes : .deltaBytePlanes)
    }
    if UInt64(bitPattern: frames.greatest &- frames.smallest) > 0xffff, repeats(values, windows) {
      candidates.append(.compressedWords)
    }
    var best: ColumnEncoding?
    var bestCost = packed * gain
    var attempt = EncodingWriter()
    for candidate in candidates {
      attempt.removeAll()
      for window in windows {
        WordCodec.appendCompressed(
          candidate, values.extracting(window), deltas.extracting(window), frames, deltaFrames, to: &attempt)
      }
      // Fixed costs of a window (base, lengths, frame header) count once for the whole chunk.
      let count = windows.reduce(0) { $0 + $1.count }
      let cost = Double(max(0, attempt.count - windows.count * 24)) / Double(count)
      if cost < bestCost {
        best = candidate
        bestCost = cost
      }
    }
    return best
  }

  /// Bytes a value that the planes of the sample's bytes take when each is coded by its frequencies.
  private static func planeBytes(
    _ values: Span<Int64>, _ windows: [Range<Int>], smallest: Int64, greatest: Int64
  ) -> Double {
    let width = (BitPacking.width(of: UInt64(bitPattern: greatest &- smallest)) + 7) / 8
    var frequencies = [Int](repeating: 0, count: width * 256)
    var count = 0
    for window in windows {
      for index in window {
        var rest = UInt64(bitPattern: values[index] &- smallest)
        var plane = 0
        while rest != 0 {
          frequencies[plane &+ Int(rest & 0xff)] &+= 1
          rest >>= 8
          plane &+= 256
        }
        // Higher planes hold a zero.
        while plane < frequencies.count {
          frequencies[plane] &+= 1
          plane &+= 256
        }
      }
      count += window.count
    }
    var bits = Float(width) * weight(of: count)
    for frequency in frequencies where frequency > 1 { bits -= weight(of: frequency) }
    return Double(bits) / 8 / Double(count)
  }

  /// n · log₂ n, for counts of a sample.
  private static func weight(of count: Int) -> Float { weights[count] }

  private static let weights: [Float] = (0...2 * windowLength).map { $0 < 2 ? 0 : Float($0) * log2(Float($0)) }

  /// Whether a quarter of the sample repeats low halves seen before in it: equal values do, and so do doubles with few
  /// decimals, whose mantissas are periodic.
  private static func repeats(_ values: Span<Int64>, _ windows: [Range<Int>]) -> Bool {
    let capacity = 4 * windowLength
    var seen = [Int64](repeating: 0, count: capacity)
    var isTaken = [Bool](repeating: false, count: capacity)
    var count = 0
    var distinct = 0
    for window in windows {
      count += window.count
      for index in window {
        let value = values[index] & 0xffff_ffff
        var slot =
          Int(truncatingIfNeeded: (UInt64(bitPattern: value) &* 0x9e37_79b9_7f4a_7c15) &>> 40) & (capacity &- 1)
        while isTaken[slot], seen[slot] != value { slot = (slot &+ 1) & (capacity &- 1) }
        if isTaken[slot] { continue }
        isTaken[slot] = true
        seen[slot] = value
        distinct &+= 1
      }
    }
    return distinct * 4 <= count * 3
  }
}

package import TelemetryModel

/// Nested frames where they stand: values are decompressed when they are asked for, frame by frame.
package struct StoredTable: Sendable {
  package let count: Int
  private let lengths: StoredWords
  private let bytes: [UInt8]
  private let range: Range<Int>
  private let frames: [Zstandard.Frame]

  /// Moves the reader past the frames of `count` values.
  init(count: Int, _ reader: inout EncodingReader) throws(EncodingError) {
    self.count = count
    bytes = reader.bytes
    let start = reader.position
    lengths = try StoredWords(nested: count, &reader)
    var frames: [Zstandard.Frame] = []
    if count > 0 {
      let frameCount = try reader.fixedCount(limit: reader.remaining / 8)
      var directory: [(raw: Int, stored: Int)] = []
      directory.reserveCapacity(frameCount)
      for _ in 0..<frameCount {
        let raw = try reader.fixedCount(limit: EncodingLimits.chunkBytes)
        directory.append((raw, try reader.fixedCount(limit: EncodingLimits.chunkBytes)))
      }
      for frame in directory {
        frames.append(
          Zstandard.Frame(
            range: try reader.take(frame.stored), byteCount: frame.raw, isCompressed: frame.raw != frame.stored))
      }
    }
    self.frames = frames
    range = start..<reader.position
  }

  /// All values.
  package func values() throws(EncodingError) -> BytesColumn {
    var reader = try EncodingReader(bytes, range: range)
    return try BytesCodec.decodeTable(count: count, &reader)
  }

  /// The values at the positions, in any order.
  package func values(at indices: [Int]) throws(EncodingError) -> BytesColumn {
    // One frame comes whole, as do most of them.
    if frames.count <= 1 || indices.count >= frames.count * 4 {
      let all = try values()
      return all.gathered(indices.map { UInt32(truncatingIfNeeded: $0) })
    }
    var ends: [Int] = []
    ends.reserveCapacity(count)
    var total = 0
    for length in try lengths.words() {
      guard length >= 0, length <= Int64(EncodingLimits.chunkBytes - total) else {
        throw EncodingError(.tooLarge, "values of more than \(EncodingLimits.chunkBytes) bytes")
      }
      total += Int(length)
      ends.append(total)
    }
    var starts: [Int] = []
    var start = 0
    for frame in frames {
      starts.append(start)
      start += frame.byteCount
    }
    guard start == total else { throw EncodingError(.damaged, "the frames do not hold what the lengths say") }
    var opened: [Int: [UInt8]] = [:]
    var found = BytesColumn()
    for index in indices {
      let value = (index == 0 ? 0 : ends[index - 1])..<ends[index]
      if value.isEmpty {
        found.append([])
        continue
      }
      let number = (starts.firstIndex { $0 > value.lowerBound } ?? starts.count) - 1
      let frame = frames[number]
      let content: [UInt8]
      if let known = opened[number] {
        content = known
      } else {
        content = try Zstandard.decompress(bytes, [frame], byteCount: frame.byteCount)
        opened[number] = content
      }
      guard value.upperBound - starts[number] <= content.count else {
        throw EncodingError(.damaged, "a value does not lie in one frame")
      }
      found.append(content[value.lowerBound - starts[number]..<value.upperBound - starts[number]])
    }
    return found
  }
}

/// A word sequence where it stands: its extent is known, its words are decoded when they are asked for.
package struct StoredWords: Sendable {
  package let count: Int
  private let encoding: ColumnEncoding
  private let bytes: [UInt8]
  private let range: Range<Int>

  /// A request for fewer than one in so many words looks each of them up.
  private static let lookupFraction = 8

  /// Moves the reader past `count` words.
  init(_ encoding: ColumnEncoding, count: Int, _ reader: inout EncodingReader) throws(EncodingError) {
    self.count = count
    self.encoding = encoding
    bytes = reader.bytes
    let start = reader.position
    if count > 0 { try StoredWords.skip(encoding, count, &reader) }
    range = start..<reader.position
  }

  /// Moves the reader past u8 encoding and payload.
  init(nested count: Int, _ reader: inout EncodingReader) throws(EncodingError) {
    let encoding = count > 0 ? try ColumnEncoding(id: try reader.byte()) : .constant
    try self.init(encoding, count: count, &reader)
  }

  private static func skip(
    _ encoding: ColumnEncoding, _ count: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) {
    switch encoding {
    case .constant: _ = try reader.take(8)
    case .frameOfReference: _ = try PackedFrames(count: count, &reader)
    case .deltaFrameOfReference:
      _ = try reader.take(8)
      _ = try PackedFrames(count: count - 1, &reader)
    case .bytePlanes, .deltaBytePlanes:
      _ = try reader.take(encoding == .bytePlanes ? 9 : 17)
      _ = try reader.take(try reader.fixedCount(limit: reader.remaining))
    case .compressedWords: _ = try reader.take(try reader.fixedCount(limit: reader.remaining))
    case .raw:
      guard count <= reader.remaining / 8 else { throw EncodingError(.truncated, "raw words end early") }
      _ = try reader.take(count * 8)
    case .dictionary, .frames, .identifierDictionary, .timeDifference, .rowDistance, .decimals, .templates:
      throw EncodingError(.damaged, "encoding \(encoding.name) holds no words")
    }
  }

  private func reader() throws(EncodingError) -> EncodingReader { try EncodingReader(bytes, range: range) }

  /// All words.
  package func words() throws(EncodingError) -> [Int64] {
    var reader = try reader()
    return try WordCodec.decode(encoding, count: count, &reader)
  }

  /// The word of all positions, where one is known without decoding.
  package func constant() throws(EncodingError) -> Int64? {
    guard encoding == .constant, count > 0 else { return nil }
    var reader = try reader()
    return try reader.fixed()
  }

  /// The words at the positions, which ascend.
  package func words(at indices: [Int]) throws(EncodingError) -> [Int64] {
    guard let last = indices.last, last < count else { return [] }
    if let constant = try constant() { return [Int64](repeating: constant, count: indices.count) }
    if indices.count * StoredWords.lookupFraction < count {
      var reader = try reader()
      switch encoding {
      case .frameOfReference:
        let frames = try PackedFrames(count: count, &reader)
        return indices.map { frames[$0] }
      case .deltaFrameOfReference: if let sums = try sums(at: indices, &reader) { return sums }
      case .bytePlanes:
        let planes = try BytePlanes(count: count, &reader)
        return indices.map { planes[$0] }
      case .raw:
        return indices.map { WordCodec.words(bytes, range.lowerBound + $0 * 8..<range.lowerBound + $0 * 8 + 8)[0] }
      default: break
      }
    }
    let all = try words()
    return indices.map { all[$0] }
  }

  /// The words of ranges, which ascend, one range after the other.
  package func words(in ranges: [Range<Int>]) throws(EncodingError) -> [Int64] {
    let wanted = ranges.reduce(0) { $0 + $1.count }
    guard let end = ranges.last?.upperBound, end <= count else { return [] }
    if wanted == count { return try words() }
    if let constant = try constant() { return [Int64](repeating: constant, count: wanted) }
    var reader = try reader()
    switch encoding {
    case .frameOfReference:
      let frames = try PackedFrames(count: count, &reader)
      var words: [Int64] = []
      words.reserveCapacity(wanted)
      var values: [Int64] = []
      var unpacked = -1
      for range in ranges {
        var start = range.lowerBound
        while start < range.upperBound {
          let frame = start / WordCodec.frameLength
          let frameRange = frames.range(frame)
          if frame != unpacked {
            values.removeAll(keepingCapacity: true)
            frames.unpack(frame, into: &values)
            unpacked = frame
          }
          let end = min(range.upperBound, frameRange.upperBound)
          words += values[start - frameRange.lowerBound..<end - frameRange.lowerBound]
          start = end
        }
      }
      return words
    case .bytePlanes:
      let planes = try BytePlanes(count: count, &reader)
      return unsafe WordCodec.filled(wanted) { target in
        var position = 0
        for range in ranges {
          unsafe planes.unite(range, to: target + position)
          position += range.count
        }
      }
    default:
      let all = try words()
      var words: [Int64] = []
      words.reserveCapacity(wanted)
      for range in ranges { words += all[range] }
      return words
    }
  }

  /// Words of a delta sequence: frames of one difference are passed by. nil when they are too few to save anything.
  private func sums(at indices: [Int], _ reader: inout EncodingReader) throws(EncodingError) -> [Int64]? {
    var value = try reader.fixed(Int64.self)
    let frames = try PackedFrames(count: count - 1, &reader)
    guard frames.constantCount * 2 >= frames.frameCount else { return nil }
    var words: [Int64] = []
    words.reserveCapacity(indices.count)
    var wanted = 0
    var differences: [Int64] = []
    if indices[0] == 0 {
      words.append(value)
      wanted = 1
    }
    // Difference i leads to word i + 1.
    for frame in 0..<frames.frameCount {
      guard wanted < indices.count else { break }
      let range = frames.range(frame)
      if let constant = frames.constant(frame) {
        while wanted < indices.count, indices[wanted] <= range.upperBound {
          words.append(value &+ constant &* Int64(indices[wanted] - range.lowerBound))
          wanted += 1
        }
        value &+= constant &* Int64(range.count)
        continue
      }
      differences.removeAll(keepingCapacity: true)
      frames.unpack(frame, into: &differences)
      for (offset, difference) in differences.enumerated() {
        value &+= difference
        if wanted < indices.count, indices[wanted] == range.lowerBound + offset + 1 {
          words.append(value)
          wanted += 1
        }
      }
    }
    return words
  }

  /// All words as codes below `limit`.
  package func codes(limit: Int) throws(EncodingError) -> [UInt32] {
    if encoding == .bytePlanes, count > 0 {
      var reader = try reader()
      let planes = try BytePlanes(count: count, &reader)
      if let codes = try planes.codes(limit: limit) { return codes }
      let words = unsafe WordCodec.filled(count) { unsafe planes.unite(0..<count, to: $0) }
      return try WordCodec.codes(words, limit: limit)
    }
    return try WordCodec.codes(try words(), limit: limit)
  }

  /// The codes at the positions, which ascend.
  package func codes(at indices: [Int], limit: Int) throws(EncodingError) -> [UInt32] {
    try WordCodec.codes(try words(at: indices), limit: limit)
  }

  /// Where runs of equal words begin, and their words; nil when there are more than `runLimit`.
  package func runs(runLimit: Int) throws(EncodingError) -> (starts: [Int], words: [Int64])? {
    var starts: [Int] = []
    var found: [Int64] = []
    if let constant = try constant() { return ([0], [constant]) }
    if encoding == .deltaFrameOfReference {
      var reader = try reader()
      var value = try reader.fixed(Int64.self)
      let frames = try PackedFrames(count: count - 1, &reader)
      starts.append(0)
      found.append(value)
      var differences: [Int64] = []
      for frame in 0..<frames.frameCount {
        if frames.constant(frame) == 0 { continue }
        differences.removeAll(keepingCapacity: true)
        frames.unpack(frame, into: &differences)
        let first = frames.range(frame).lowerBound + 1
        for (offset, difference) in differences.enumerated() where difference != 0 {
          value &+= difference
          starts.append(first + offset)
          found.append(value)
        }
        if starts.count > runLimit { return nil }
      }
      return (starts, found)
    }
    for (index, word) in try words().enumerated() where word != found.last {
      starts.append(index)
      found.append(word)
      if starts.count > runLimit { return nil }
    }
    return (starts, found)
  }
}

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
    case .frameOfReference: try PackedFrames.skip(count: count, &reader)
    case .deltaFrameOfReference:
      _ = try reader.take(8)
      try PackedFrames.skip(count: count - 1, &reader)
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
      case .bytePlanes: return try BytePlanes.words(at: indices, count: count, &reader)
      case .raw:
        return indices.map { WordCodec.words(bytes, range.lowerBound + $0 * 8..<range.lowerBound + $0 * 8 + 8)[0] }
      default: break
      }
    }
    let all = try words()
    return indices.map { all[$0] }
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
      if let codes = try BytePlanes.codes(count: count, limit: limit, &reader) { return codes }
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

extension BytePlanes {
  /// The words at some positions: the planes are decompressed, the other words are not put together.
  fileprivate static func words(
    at indices: [Int], count: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) -> [Int64] {
    let (base, width, planes) = try planes(count: count, &reader)
    return indices.map { index in
      var word: UInt64 = 0
      for plane in 0..<width { word |= UInt64(planes[plane * count + index]) &<< UInt64(plane * 8) }
      return Int64(bitPattern: word) &+ base
    }
  }

  /// Codes of one plane; nil when there are more.
  fileprivate static func codes(
    count: Int, limit: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) -> [UInt32]? {
    var ahead = reader
    let base = try ahead.fixed(Int64.self)
    guard try ahead.byte() == 1, base >= 0, base < 1 << 24 else { return nil }
    let (_, _, plane) = try planes(count: count, &reader)
    let offset = UInt32(truncatingIfNeeded: base)
    let codes = plane.map { offset &+ UInt32($0) }
    guard let greatest = plane.max(), Int(base) + Int(greatest) < limit else {
      throw EncodingError(.damaged, "a code is beyond its table")
    }
    return codes
  }

  private static func planes(
    count: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) -> (base: Int64, width: Int, planes: [UInt8]) {
    let base = try reader.fixed(Int64.self)
    let width = Int(try reader.byte())
    guard (1...8).contains(width) else { throw EncodingError(.damaged, "words of \(width) bytes") }
    let length = try reader.fixedCount(limit: reader.remaining)
    let range = try reader.take(length)
    var planes: [UInt8] = []
    try Zstandard.decompress(reader.bytes, range, byteCount: count * width, into: &planes)
    return (base, width, planes)
  }
}

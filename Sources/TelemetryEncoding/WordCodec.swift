/// Codec of 64-bit words: integers, times, codes, and doubles by their bit patterns.
///
/// Packed sizes are computed exactly in one pass; the compressed forms are tried on a sample and used when they save
/// more than a tenth.
package enum WordCodec {
  /// Values of a packed frame.
  static let frameLength = 128
  /// The fewest values that are worth trying a compressed form.
  private static let trialMinimum = 48

  /// Appends the payload for `values` (at least one).
  ///
  /// - Returns: the encoding, and the smallest and greatest value.
  package static func append(
    _ values: Span<Int64>, to writer: inout EncodingWriter
  ) -> (encoding: ColumnEncoding, bounds: ClosedRange<Int64>) {
    let frames = WordFrames(values)
    let bounds = frames.smallest...frames.greatest
    if frames.smallest == frames.greatest {
      writer.append(fixed: frames.smallest)
      return (.constant, bounds)
    }
    let deltas = differences(values)
    let deltaFrames = WordFrames(deltas.span)
    var best = ColumnEncoding.frameOfReference
    var bestSize = frames.byteCount
    if deltaFrames.byteCount + 8 < bestSize {
      best = .deltaFrameOfReference
      bestSize = deltaFrames.byteCount + 8
    }
    if bestSize > values.count * 8 {
      best = .raw
      bestSize = values.count * 8
    }
    if values.count >= trialMinimum, bestSize > values.count / 8,
      let candidate = WordTrial.candidate(values, deltas.span, frames, deltaFrames, packedByteCount: bestSize)
    {
      var attempt = EncodingWriter()
      appendCompressed(candidate, values, deltas.span, frames, deltaFrames, to: &attempt)
      if attempt.count < bestSize {
        writer.append(contentsOf: attempt.bytes)
        return (candidate, bounds)
      }
    }
    switch best {
    case .deltaFrameOfReference:
      writer.append(fixed: values[0])
      deltaFrames.append(deltas.span, to: &writer)
    case .raw:
      for index in values.indices { writer.append(fixed: values[index]) }
    default: frames.append(values, to: &writer)
    }
    return (best, bounds)
  }

  /// Appends u8 encoding and payload; nothing for no values.
  package static func appendNested(_ values: Span<Int64>, to writer: inout EncodingWriter) {
    if values.isEmpty { return }
    let start = writer.count
    writer.append(0)
    let encoding = append(values, to: &writer).encoding
    writer.overwrite(byte: encoding.rawValue, at: start)
  }

  /// Appends the payload of one of the compressed forms.
  static func appendCompressed(
    _ encoding: ColumnEncoding, _ values: Span<Int64>, _ deltas: Span<Int64>, _ frames: WordFrames,
    _ deltaFrames: WordFrames, to writer: inout EncodingWriter
  ) {
    switch encoding {
    case .bytePlanes: BytePlanes.append(values, frames.smallest, frames.greatest, to: &writer)
    case .deltaBytePlanes:
      writer.append(fixed: values[0])
      BytePlanes.append(deltas, deltaFrames.smallest, deltaFrames.greatest, to: &writer)
    default:
      let lengthOffset = writer.count
      writer.append(fixed: UInt32(0))
      let length = unsafe Zstandard.append(values.bytes, level: Zstandard.chunkLevel, to: &writer)
      writer.overwrite(fixed: UInt32(length), at: lengthOffset)
    }
  }

  private static func differences(_ values: Span<Int64>) -> [Int64] {
    var deltas: [Int64] = []
    deltas.reserveCapacity(values.count - 1)
    var last = values[0]
    for index in 1..<values.count {
      let value = values[index]
      deltas.append(value &- last)
      last = value
    }
    return deltas
  }

  /// Decodes `count` values; the reader stands behind them afterwards.
  package static func decode(
    _ encoding: ColumnEncoding, count: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) -> [Int64] {
    guard count > 0 else { return [] }
    switch encoding {
    case .constant: return [Int64](repeating: try reader.fixed(Int64.self), count: count)
    case .frameOfReference:
      let frames = try PackedFrames(count: count, &reader)
      return unsafe filled(count) { unsafe frames.unpack(to: $0) }
    case .deltaFrameOfReference:
      let first = try reader.fixed(Int64.self)
      let frames = try PackedFrames(count: count - 1, &reader)
      return unsafe sums(from: first, count: count - 1) { unsafe frames.unpack(to: $0) }
    case .bytePlanes:
      let planes = try BytePlanes(count: count, &reader)
      return unsafe filled(count) { unsafe planes.unite(0..<count, to: $0) }
    case .deltaBytePlanes:
      let first = try reader.fixed(Int64.self)
      let planes = try BytePlanes(count: count - 1, &reader)
      return unsafe sums(from: first, count: count - 1) { unsafe planes.unite(0..<count - 1, to: $0) }
    case .compressedWords:
      let length = try reader.fixedCount(limit: reader.remaining)
      let range = try reader.take(length)
      var bytes: [UInt8] = []
      try Zstandard.decompress(reader.bytes, range, byteCount: count * 8, into: &bytes)
      return words(bytes, 0..<bytes.count)
    case .raw:
      guard count <= reader.remaining / 8 else { throw EncodingError(.truncated, "raw words end early") }
      return words(reader.bytes, try reader.take(count * 8))
    case .dictionary, .frames, .identifierDictionary, .timeDifference, .rowDistance, .decimals, .templates:
      throw EncodingError(.damaged, "encoding \(encoding.name) holds no words")
    }
  }

  /// `count` words that `fill` puts into memory.
  static func filled(_ count: Int, _ fill: (UnsafeMutablePointer<Int64>) -> Void) -> [Int64] {
    unsafe [Int64](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      if let target = buffer.baseAddress { unsafe fill(target) }
      initializedCount = count
    }
  }

  /// `count` differences that `fill` puts into memory, added up: one word more, beginning with `first`.
  private static func sums(
    from first: Int64, count: Int, _ fill: (UnsafeMutablePointer<Int64>) -> Void
  ) -> [Int64] {
    unsafe filled(count + 1) { target in
      unsafe target[0] = first
      unsafe fill(target + 1)
      var sum = first
      for index in 1..<count + 1 {
        sum = unsafe sum &+ target[index]
        unsafe target[index] = sum
      }
    }
  }

  /// Decodes u8 encoding and payload.
  package static func decodeNested(count: Int, _ reader: inout EncodingReader) throws(EncodingError) -> [Int64] {
    guard count > 0 else { return [] }
    return try decode(ColumnEncoding(id: try reader.byte()), count: count, &reader)
  }

  /// Codes below `limit`.
  package static func decodeCodes(
    count: Int, limit: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) -> [UInt32] {
    try codes(try decodeNested(count: count, &reader), limit: limit)
  }

  /// Checks that all words are codes below `limit`.
  package static func codes(_ words: [Int64], limit: Int) throws(EncodingError) -> [UInt32] {
    var greatest: UInt64 = 0
    for word in words { greatest = max(greatest, UInt64(bitPattern: word)) }
    let codes = words.map { UInt32(truncatingIfNeeded: $0) }
    let limit = UInt64(limit)
    guard words.isEmpty || greatest < limit, limit <= 1 << 32 else {
      throw EncodingError(.damaged, "a code is beyond its table")
    }
    return codes
  }

  /// Little-endian words of a checked range.
  static func words(_ bytes: [UInt8], _ range: Range<Int>) -> [Int64] {
    let span = unsafe bytes.span.bytes.extracting(range)
    let count = range.count / 8
    var words: [Int64] = []
    words.reserveCapacity(count)
    for index in 0..<count {
      words.append(Int64(littleEndian: unsafe span.unsafeLoadUnaligned(fromByteOffset: index &* 8, as: Int64.self)))
    }
    return words
  }
}

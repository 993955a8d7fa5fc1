package import TelemetryModel

/// Trace or span ids where they stand.
package struct StoredIdentifiers: Sendable {
  private let bytes: [UInt8]
  private let wordCount: Int
  private let count: Int
  /// The ids stand here: one, one a value, or the distinct ones.
  private let range: Range<Int>
  private let codes: StoredWords?
  private let isConstant: Bool

  /// Moves the reader past `count` ids of one or two words.
  init(
    _ encoding: ColumnEncoding, count: Int, wordCount: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) {
    bytes = reader.bytes
    self.wordCount = wordCount
    self.count = count
    isConstant = encoding == .constant
    switch encoding {
    case .constant:
      range = try reader.take(wordCount * 8)
      codes = nil
    case .raw:
      range = try reader.take(count * wordCount * 8)
      codes = nil
    case .identifierDictionary:
      let distinctCount = try reader.fixedCount(limit: count)
      range = try reader.take(distinctCount * wordCount * 8)
      codes = try StoredWords(nested: count, &reader)
    default: throw EncodingError(.damaged, "encoding \(encoding.name) holds no ids")
    }
  }

  private var distinctCount: Int { range.count / (wordCount * 8) }

  /// The words of the ids at the positions, which ascend: two a trace id, one a span id.
  private func words(at indices: [Int]) throws(EncodingError) -> [Int64] {
    var places = indices
    if isConstant {
      places = [Int](repeating: 0, count: indices.count)
    } else if let codes {
      places = try codes.codes(at: indices, limit: distinctCount).map { Int($0) }
    }
    var words: [Int64] = []
    words.reserveCapacity(places.count * wordCount)
    for place in places {
      let start = range.lowerBound + place * wordCount * 8
      words += WordCodec.words(bytes, start..<start + wordCount * 8)
    }
    return words
  }

  package func traceIDs(at indices: [Int]) throws(EncodingError) -> [TraceID] {
    let words = try words(at: indices)
    return indices.indices.map {
      TraceID(high: UInt64(bitPattern: words[$0 * 2]), low: UInt64(bitPattern: words[$0 * 2 + 1]))
    }
  }

  package func spanIDs(at indices: [Int]) throws(EncodingError) -> [SpanID] {
    try words(at: indices).map { SpanID(UInt64(bitPattern: $0)) }
  }

  /// The positions that hold one of a few trace ids, ascending.
  package func positions(of ids: Set<TraceID>) throws(EncodingError) -> [Int] {
    var found: [Int] = []
    let low = Set(ids.map(\.low))
    let span = unsafe bytes.span.bytes
    let only = ids.count == 1 ? ids.first : nil
    for place in 0..<distinctCount {
      let start = range.lowerBound &+ place &* 16
      let own = UInt64(littleEndian: unsafe span.unsafeLoadUnaligned(fromByteOffset: start &+ 8, as: UInt64.self))
      if let only, own != only.low { continue }
      guard low.contains(own) else { continue }
      let high = UInt64(littleEndian: unsafe span.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
      if ids.contains(TraceID(high: high, low: own)) { found.append(place) }
    }
    if isConstant { return found.isEmpty ? [] : Array(0..<count) }
    guard let codes, !found.isEmpty else { return found }
    let wanted = Set(found.map { UInt32(truncatingIfNeeded: $0) })
    let single = wanted.count == 1 ? wanted.first : nil
    var positions: [Int] = []
    for (position, code) in try codes.codes(limit: distinctCount).enumerated() {
      if let single, code != single { continue }
      if wanted.contains(code) { positions.append(position) }
    }
    return positions
  }
}

package import TelemetryModel

/// A split-block Bloom filter over trace ids or other hashed values: one cache line a probe.
///
/// Guarantee: no false negative. False positives: about 5 × 10⁻⁴ at the 20 bits an id that `init(identifiers:)` takes, 8 ×
/// 10⁻³ at 12.
/// Source: Putze, Sanders, Singler 2007; the salts are Parquet's. Layout: docs/format/part.md, "Sections".
package struct SplitBlockFilter: Sendable {
  /// Eight words a bucket; empty when no id was added.
  package let words: [UInt32]

  private static let salts: [UInt32] = [
    0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31,
  ]

  /// Bits per id; with 256-bit buckets about 12 ids share one.
  private static let bitsPerIdentifier = 20

  /// A filter of these ids; repeats only waste room.
  package init(identifiers: [TraceID]) {
    self.init(hashes: identifiers.map { ContentHash.of($0) }, bitsPerValue: SplitBlockFilter.bitsPerIdentifier)
  }

  /// A filter of hashed values; repeats only waste room.
  package init(hashes: [UInt64], bitsPerValue: Int) {
    guard !hashes.isEmpty else {
      words = []
      return
    }
    let bucketCount = (hashes.count * bitsPerValue + 255) / 256
    var words = [UInt32](repeating: 0, count: bucketCount * 8)
    for hash in hashes {
      let bucket = SplitBlockFilter.bucket(hash, bucketCount)
      for word in 0..<8 { words[bucket * 8 + word] |= SplitBlockFilter.bit(hash, word) }
    }
    self.words = words
  }

  /// Takes stored words; a count that is no multiple of eight is damaged.
  package init(words: [UInt32]) throws(EncodingError) {
    guard words.count.isMultiple(of: 8) else { throw EncodingError(.damaged, "a filter of \(words.count) words") }
    self.words = words
  }

  /// False only when the id was not added.
  package func mayContain(_ id: TraceID) -> Bool { mayContain(hash: ContentHash.of(id)) }

  /// False only when the hash was not added.
  package func mayContain(hash: UInt64) -> Bool {
    if words.isEmpty { return false }
    let bucket = SplitBlockFilter.bucket(hash, words.count / 8)
    for word in 0..<8 where words[bucket * 8 + word] & SplitBlockFilter.bit(hash, word) == 0 { return false }
    return true
  }

  private static func bucket(_ hash: UInt64, _ bucketCount: Int) -> Int {
    Int(((hash >> 32) &* UInt64(bucketCount)) >> 32)
  }

  private static func bit(_ hash: UInt64, _ word: Int) -> UInt32 {
    1 &<< ((UInt32(truncatingIfNeeded: hash) &* salts[word]) >> 27)
  }
}

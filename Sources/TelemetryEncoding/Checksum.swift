import CKernels

/// The checksum of every stored byte.
package enum Checksum {
  /// crc32c of `bytes[range]`, continuing from `seed`.
  package static func crc32c(_ bytes: [UInt8], _ range: Range<Int>, seed: UInt32 = 0) -> UInt32 {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "the range lies inside the bytes")
    return unsafe bytes.withUnsafeBytes { buffer in
      unsafe sightline_crc32c(seed, buffer.baseAddress.map { unsafe $0 + range.lowerBound }, range.count)
    }
  }
}

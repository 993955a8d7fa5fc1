extension Labels {
  /// The 64-bit hash (XXH64) that Prometheus makes of labels: it decides which series `limit_ratio` takes.
  var hash64: UInt64 {
    var bytes: [UInt8] = []
    for pair in pairs {
      bytes += pair.name.utf8
      bytes.append(0xff)
      bytes += pair.value.utf8
      bytes.append(0xff)
    }
    return XXHash64.hash(bytes)
  }
}

/// XXH64 without a seed.
private enum XXHash64 {
  private static let primes: [UInt64] = [
    11_400_714_785_074_694_791, 14_029_467_366_897_019_727, 1_609_587_929_392_839_161, 9_650_029_242_287_828_579,
    2_870_177_450_012_600_261,
  ]

  private static func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 { value << count | value >> (64 - count) }

  private static func round(_ accumulator: UInt64, _ input: UInt64) -> UInt64 {
    rotated(accumulator &+ input &* primes[1], 31) &* primes[0]
  }

  static func hash(_ bytes: [UInt8]) -> UInt64 {
    func read(_ count: Int, at place: Int) -> UInt64 {
      (0..<count).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
    }
    var place = 0
    var hash: UInt64
    if bytes.count >= 32 {
      var lanes = [primes[0] &+ primes[1], primes[1], 0, 0 &- primes[0]]
      while place + 32 <= bytes.count {
        for lane in 0..<4 { lanes[lane] = round(lanes[lane], read(8, at: place + 8 * lane)) }
        place += 32
      }
      hash = rotated(lanes[0], 1) &+ rotated(lanes[1], 7) &+ rotated(lanes[2], 12) &+ rotated(lanes[3], 18)
      for lane in lanes { hash = (hash ^ round(0, lane)) &* primes[0] &+ primes[3] }
    } else {
      hash = primes[4]
    }
    hash = hash &+ UInt64(bytes.count)
    while place + 8 <= bytes.count {
      hash = rotated(hash ^ round(0, read(8, at: place)), 27) &* primes[0] &+ primes[3]
      place += 8
    }
    if place + 4 <= bytes.count {
      hash = rotated(hash ^ (read(4, at: place) &* primes[0]), 23) &* primes[1] &+ primes[2]
      place += 4
    }
    while place < bytes.count {
      hash = rotated(hash ^ (UInt64(bytes[place]) &* primes[4]), 11) &* primes[0]
      place += 1
    }
    hash = (hash ^ hash >> 33) &* primes[1]
    hash = (hash ^ hash >> 29) &* primes[2]
    return hash ^ hash >> 32
  }
}

/// A small seeded generator (SplitMix64), so that every failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}

enum WordPattern: CaseIterable {
  case constant, small, times, steps, extremes, wide, doubles, repeated

  func values(_ count: Int, _ random: inout SeededGenerator) -> [Int64] {
    var time: Int64 = 1_700_000_000_000_000_000
    return (0..<count).map { index in
      switch self {
      case .constant: return -7
      case .small: return Int64.random(in: 0..<5, using: &random)
      case .times:
        time += Int64.random(in: -1_000...2_000_000, using: &random)
        return time
      case .steps: return 10_000_000_000 * Int64(index % 60) + 1_700_000_000_000_000_000
      case .extremes: return [Int64.min, .max, 0, -1, 1][Int.random(in: 0..<5, using: &random)]
      case .wide: return Int64.random(in: .min ... .max, using: &random)
      case .doubles: return Int64(bitPattern: (Double(Int.random(in: 0..<10_000, using: &random)) / 100).bitPattern)
      case .repeated: return [3, 1 << 40, -9][index / 40 % 3]
      }
    }
  }
}

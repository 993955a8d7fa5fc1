/// Columns of doubles as services send them, always the same: many series one after the other, each in order of time.
enum CodecColumns {
  /// Values of a series.
  private static let seriesLength = 240

  /// Names and values of every column.
  static func all(count: Int) -> [(name: String, values: [Double])] {
    var random = SplitMix(state: 7)
    var columns: [(String, [Double])] = []
    func add(_ name: String, _ series: (Int, inout SplitMix) -> [Double]) {
      var values: [Double] = []
      while values.count < count { values += series(values.count / seriesLength, &random) }
      columns.append((name, Array(values.prefix(count))))
    }
    add("constant") { number, _ in [Double](repeating: Double(number % 7) / 4, count: seriesLength) }
    add("gauge, 2 decimals") { _, random in
      (0..<seriesLength).map { _ in Double(Int.random(in: 0...10_000, using: &random)) / 100 }
    }
    add("gauge, 1 decimal, walking") { _, random in
      var value = Int.random(in: 0...1_000, using: &random)
      return (0..<seriesLength).map { _ in
        value += Int.random(in: -9...9, using: &random)
        return Double(value) / 10
      }
    }
    add("counter") { _, random in
      var value = 0
      let rate = Int.random(in: 1...400, using: &random)
      return (0..<seriesLength).map { _ in
        value += Int.random(in: 0...rate, using: &random)
        return Double(value)
      }
    }
    add("counter, resting") { number, random in
      var value = number
      return (0..<seriesLength).map { _ in
        if Int.random(in: 0..<20, using: &random) == 0 { value += 1 }
        return Double(value)
      }
    }
    add("sum of seconds") { _, random in
      var value = 0.0
      return (0..<seriesLength).map { _ in
        value += Double.random(in: 0...0.25, using: &random)
        return value
      }
    }
    add("random walk") { _, random in
      var value = Double.random(in: 50...100, using: &random)
      return (0..<seriesLength).map { _ in
        value += Double.random(in: -0.5...0.5, using: &random)
        return value
      }
    }
    add("ratio") { _, random in
      (0..<seriesLength).map { _ in
        Double(Int.random(in: 0...60, using: &random)) / Double(Int.random(in: 61...90, using: &random))
      }
    }
    return columns
  }

  /// A small seeded generator.
  struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var value = state
      value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
      value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
      return value ^ value >> 31
    }
  }
}

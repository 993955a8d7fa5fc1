/// Waits that look like real ones: mostly near the typical time, sometimes a few times longer, rarely much longer.
enum Delay {
  /// A time around `typical`: 0.6 to 1.4 times it; one in twelve up to 5 times; one in two hundred up to 40 times.
  static func sample(_ typical: Duration) -> Duration {
    let base = typical * Double.random(in: 0.6...1.4)
    switch Int.random(in: 0..<200) {
    case 0: return min(base * Double.random(in: 10...40), .milliseconds(1800))
    case 1..<17: return base * Double.random(in: 1.5...5)
    default: return base
    }
  }

  /// Waits about `typical`.
  static func wait(_ typical: Duration) async throws { try await Task.sleep(for: sample(typical)) }
}

/// True in `percent` of a hundred calls.
func happens(_ percent: Double) -> Bool { Double.random(in: 0..<100) < percent }

import Synchronization

/// Random 64-bit numbers for trace and span ids, and for jitter.
///
/// SplitMix64 over one atomic counter, seeded by the operating system: about 5 ns a number from any thread, against
/// a system call for the system's generator. The numbers are unique and evenly spread, not secret.
final class IdentifierSource: Sendable {
  /// The process-wide source.
  static let shared = IdentifierSource()

  private let counter: Atomic<UInt64>

  private init() {
    var system = SystemRandomNumberGenerator()
    counter = Atomic(system.next())
  }

  /// The next number.
  func next() -> UInt64 {
    var mixed = counter.wrappingAdd(0x9e37_79b9_7f4a_7c15, ordering: .relaxed).newValue
    mixed = (mixed ^ (mixed &>> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed &>> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed &>> 31)
  }

  /// The next number that is not zero, since zero is no valid id.
  func nextNonZero() -> UInt64 {
    let value = next()
    return value == 0 ? next() | 1 : value
  }

  /// A number in `0 ..< 1`.
  func nextUnit() -> Double { Double(next() &>> 11) * 0x1p-53 }
}

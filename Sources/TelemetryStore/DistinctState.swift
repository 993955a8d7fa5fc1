import Glibc
package import TelemetryModel

/// Counts distinct values: exactly up to 4,096 of them, then by HyperLogLog with 2^14 registers (standard error 0.8 %).
///
/// Source: Flajolet et al. 2007; the small-range correction is linear counting.
package struct DistinctState: Sendable, Hashable {
  package static let exactLimit = 4096
  private static let precision = 14

  private var exact: Set<UInt64> = []
  private var registers: [UInt8] = []

  package init() {}

  /// Adds a value by a well-mixed 64-bit hash of its type and content.
  package mutating func insert(hash: UInt64) {
    if registers.isEmpty {
      exact.insert(hash)
      if exact.count > DistinctState.exactLimit { spill() }
    } else {
      register(hash)
    }
  }

  package mutating func insert(_ value: AttributeValue) {
    insert(hash: DistinctState.hash(ValueEncoding.encode(value)))
  }

  /// A hash that is the same in every process, since states travel between them.
  package static func hash(_ bytes: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
    hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
    return hash ^ hash >> 33
  }

  package func merged(with other: DistinctState) -> DistinctState {
    var result = self
    if !other.registers.isEmpty, result.registers.isEmpty { result.spill() }
    if other.registers.isEmpty {
      for hash in other.exact { result.insert(hash: hash) }
    } else {
      for index in result.registers.indices {
        result.registers[index] = max(result.registers[index], other.registers[index])
      }
    }
    return result
  }

  /// How many distinct values were added.
  package var estimate: UInt64 {
    if registers.isEmpty { return UInt64(exact.count) }
    let count = Double(registers.count)
    var sum = 0.0
    var zeros = 0
    for register in registers {
      sum += exp2(-Double(register))
      if register == 0 { zeros += 1 }
    }
    let raw = 0.7213 / (1 + 1.079 / count) * count * count / sum
    if raw <= 2.5 * count, zeros > 0 { return UInt64((count * log(count / Double(zeros))).rounded()) }
    return UInt64(raw.rounded())
  }

  private mutating func spill() {
    registers = [UInt8](repeating: 0, count: 1 << DistinctState.precision)
    for hash in exact { register(hash) }
    exact = []
  }

  private mutating func register(_ hash: UInt64) {
    let index = Int(hash >> UInt64(64 - DistinctState.precision))
    let rank = UInt8(
      min((hash << UInt64(DistinctState.precision)).leadingZeroBitCount, 64 - DistinctState.precision) + 1)
    registers[index] = max(registers[index], rank)
  }
}

import Glibc
import TelemetryModel

/// Gives equal series equal numbers, counted from 0 in the order of first sight: by object first, then by content.
///
/// One owner, no locks. Holds every object it has seen, so that an address stands for one object.
struct SeriesCatalogue: Sendable {
  /// By number: as the block with the greatest number has it, whose description is the latest.
  private(set) var series: [Series] = []
  private var blockNumbers: [Int] = []
  /// Number of an object by its place in `objects`.
  private var numbers: [UInt32] = []
  private var objects = KeyTable()
  private var held: [Series] = []
  /// Upper half: of the content hash; lower half: number + 1; 0 is empty.
  private var slots = [UInt64](repeating: 0, count: 64)

  var memoryBytes: Int { series.count * 32 + held.count * 24 + slots.count * 8 }

  /// The number of `series`, as block `blockNumber` has it.
  mutating func number(of series: Series, blockNumber: Int) -> Int {
    let object = Int(objects.number(of: UInt64(UInt(bitPattern: ObjectIdentifier(series)))))
    if object == numbers.count {
      numbers.append(UInt32(numberByContent(series)))
      held.append(series)
    }
    let number = Int(numbers[object])
    if blockNumber > blockNumbers[number] {
      self.series[number] = series
      blockNumbers[number] = blockNumber
    }
    return number
  }

  private mutating func numberByContent(_ series: Series) -> Int {
    let hash = series.contentHash
    let tag = hash & 0xffff_ffff_0000_0000
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let number = Int(slots[slot] & 0xffff_ffff) - 1
      if slots[slot] & 0xffff_ffff_0000_0000 == tag, self.series[number] == series { return number }
      slot = (slot + 1) & mask
    }
    self.series.append(series)
    blockNumbers.append(-1)
    slots[slot] = tag | UInt64(self.series.count)
    if self.series.count * 2 > slots.count { grow() }
    return self.series.count - 1
  }

  private mutating func grow() {
    slots = [UInt64](repeating: 0, count: slots.count * 2)
    let mask = slots.count - 1
    for (number, series) in series.enumerated() {
      var slot = Int(truncatingIfNeeded: series.contentHash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = series.contentHash & 0xffff_ffff_0000_0000 | UInt64(number + 1)
    }
  }

  /// Adds the series of `other`; returns the number here of each number there.
  mutating func merge(_ other: SeriesCatalogue) -> [Int] {
    other.series.indices.map { number(of: other.series[$0], blockNumber: other.blockNumbers[$0]) }
  }

  /// The numbers by content hash; series of one hash, which are rare, in canonical order.
  var contentOrder: [Int] {
    var keys = series.enumerated().map { (hash: $1.contentHash, number: $0) }
    keys.sort {
      $0.hash != $1.hash ? $0.hash < $1.hash : precedes(series[$0.number], series[$1.number])
    }
    return keys.map(\.number)
  }

  /// The numbers in canonical order: by metric name, then by the encoded attributes of the series and of its resource.
  var canonicalOrder: [Int] { series.indices.sorted { precedes(series[$0], series[$1]) } }

  private func precedes(_ left: Series, _ right: Series) -> Bool {
    if left.name != right.name { return left.name < right.name }
    if left.attributes != right.attributes {
      return precedes(left.attributes.encoded, right.attributes.encoded)
    }
    if left.resource.attributes != right.resource.attributes {
      return precedes(left.resource.attributes.encoded, right.resource.attributes.encoded)
    }
    if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
    if left.unit != right.unit { return left.unit < right.unit }
    if left.scope.name != right.scope.name { return left.scope.name < right.scope.name }
    return left.contentHash < right.contentHash
  }

  private func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    let order = unsafe left.withUnsafeBytes { left in
      unsafe right.withUnsafeBytes { right in
        guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return Int32(0) }
        return unsafe memcmp(leftStart, rightStart, min(left.count, right.count))
      }
    }
    return order != 0 ? order < 0 : left.count < right.count
  }
}

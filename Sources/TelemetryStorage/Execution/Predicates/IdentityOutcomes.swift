import Synchronization
import TelemetryModel

/// What a leaf says of one entry of an identity table.
enum IdentityOutcome: UInt8, Sendable {
  /// The entry lacks the field.
  case missing
  case rejected
  case accepted
}

/// Outcomes of leaves over identity tables, each table evaluated once per query.
///
/// The blocks of a part share their tables; a table is known by the address and length of its storage, and kept alive
/// here so that the address stays its own.
final class IdentityOutcomes: Sendable {
  private struct Key: Hashable {
    let leaf: Int
    let address: UInt
    let count: Int
  }

  private struct Entry {
    let table: any Sendable
    let outcomes: [IdentityOutcome]
  }

  /// Below this many entries a table is evaluated again rather than looked up.
  private static let smallestKept = 16
  private let entries = Mutex<[Key: Entry]>([:])
  private let wanted = Mutex(WantedSeries())
  /// By which series are known.
  let numbering = SeriesNumbering.current

  /// The outcome of `evaluate` for each entry of `table`.
  func outcomes<Element: Sendable>(
    leaf: Int, over table: [Element], _ evaluate: (Element) -> IdentityOutcome
  ) -> [IdentityOutcome] {
    if table.count < IdentityOutcomes.smallestKept { return table.map(evaluate) }
    let key = Key(leaf: leaf, address: tableAddress(table), count: table.count)
    if let known = entries.withLock({ $0[key]?.outcomes }) { return known }
    let outcomes = table.map(evaluate)
    entries.withLock { $0[key] = Entry(table: table, outcomes: outcomes) }
    return outcomes
  }

  /// Which series of a table are wanted, by code.
  ///
  /// Each series is asked about once, in whatever table it stands: workers that come at the same time wait for each other.
  ///
  /// - Parameters:
  ///   - table: of a part, whose blocks share the answer; nil for series that stand by themselves.
  ///   - numbers: of the series among all.
  ///   - select: which of some codes, which ascend, are wanted.
  func flags(of table: SeriesColumns?, numbers: [UInt32], _ select: ([UInt32]) -> [UInt32]) -> [Bool] {
    wanted.withLock { known in
      if let table, let flags = known.tables[ObjectIdentifier(table)]?.flags { return flags }
      let flags = known.flags(numbers, select)
      if let table { known.tables[ObjectIdentifier(table)] = (table, flags) }
      return flags
    }
  }
}

/// Which series are wanted.
private struct WantedSeries {
  private enum Outcome: UInt8 {
    case unknown, unwanted, wanted
  }

  /// Holds the tables, so that their addresses stay their own.
  var tables: [ObjectIdentifier: (table: SeriesColumns, flags: [Bool])] = [:]
  /// By the series' numbers among all.
  private var outcomes: [Outcome] = []

  mutating func flags(_ numbers: [UInt32], _ select: ([UInt32]) -> [UInt32]) -> [Bool] {
    if let greatest = numbers.max(), Int(greatest) >= outcomes.count {
      outcomes += [Outcome](repeating: .unknown, count: Int(greatest) + 1 - outcomes.count)
    }
    var flags = [Bool](repeating: false, count: numbers.count)
    var unknown: [UInt32] = []
    for (code, number) in numbers.enumerated() {
      switch outcomes[Int(number)] {
      case .unknown: unknown.append(UInt32(truncatingIfNeeded: code))
      case .unwanted: continue
      case .wanted: flags[code] = true
      }
    }
    if unknown.isEmpty { return flags }
    for code in unknown { outcomes[Int(numbers[Int(code)])] = .unwanted }
    for code in select(unknown) {
      outcomes[Int(numbers[Int(code)])] = .wanted
      flags[Int(code)] = true
    }
    return flags
  }
}

/// Where an array's storage stands: equal for copies of one array while it lives.
func tableAddress<Element>(_ table: [Element]) -> UInt {
  unsafe table.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
}

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
  private let tables = Mutex(SeriesFlags())

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

  /// What `evaluate` and `filter` say of each series of `table`.
  ///
  /// Each table is evaluated once, and the filter asked once of a series that tables share: workers that come at the same
  /// time wait for each other.
  func flags(
    of table: SeriesColumns, filter: (@Sendable (Series) -> Bool)?, _ evaluate: () -> [Bool]
  ) -> [Bool] {
    tables.withLock { known in
      let key = ObjectIdentifier(table)
      if let flags = known.tables[key]?.flags { return flags }
      var flags = evaluate()
      if let filter {
        for code in flags.indices where flags[code] { flags[code] = known.accepts(table.series[code], filter) }
      }
      known.tables[key] = (table, flags)
      return flags
    }
  }
}

/// What is known of series of tables; holds them, so that their addresses stay their own.
private struct SeriesFlags {
  var tables: [ObjectIdentifier: (table: SeriesColumns, flags: [Bool])] = [:]
  private var objects = KeyTable()
  private var outcomes: [Bool] = []

  /// Asks the filter once of each object.
  mutating func accepts(_ series: Series, _ filter: (Series) -> Bool) -> Bool {
    let number = Int(objects.number(of: UInt64(UInt(bitPattern: ObjectIdentifier(series)))))
    if number == outcomes.count { outcomes.append(filter(series)) }
    return outcomes[number]
  }
}

/// Where an array's storage stands: equal for copies of one array while it lives.
func tableAddress<Element>(_ table: [Element]) -> UInt {
  unsafe table.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
}

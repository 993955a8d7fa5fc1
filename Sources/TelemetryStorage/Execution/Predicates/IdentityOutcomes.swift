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
  private let tables = Mutex<[ObjectIdentifier: (table: SeriesColumns, flags: [Bool])]>([:])

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

  /// What `evaluate` says of each series of `table`, evaluated once.
  func flags(of table: SeriesColumns, _ evaluate: () -> [Bool]) -> [Bool] {
    let key = ObjectIdentifier(table)
    if let known = tables.withLock({ $0[key]?.flags }) { return known }
    let flags = evaluate()
    tables.withLock { $0[key] = (table, flags) }
    return flags
  }
}

/// Where an array's storage stands: equal for copies of one array while it lives.
func tableAddress<Element>(_ table: [Element]) -> UInt {
  unsafe table.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
}

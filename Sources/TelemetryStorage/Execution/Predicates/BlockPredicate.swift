import TelemetryModel

/// A predicate bound to one block: fields are columns or identity codes, what metadata decides is decided.
indirect enum BlockPredicate: Sendable {
  case constant(Bool)
  /// Cheapest first.
  case and([BlockPredicate])
  case or([BlockPredicate])
  case not(BlockPredicate)
  case codes(IdentityKind, accepted: [Bool])
  /// Any of the columns has a matching value.
  case columns([ColumnKey], ValueTest)
  case anyScope(AnyScopeTest)
  /// Any child has a matching value in any of the columns.
  case children(ChildKind, [ColumnKey], ValueTest)

  /// A bare key: the record's attribute, else the resource's, else the scope's.
  struct AnyScopeTest: Sendable {
    /// Every column of the key: a row that has one asks no further.
    let keys: [ColumnKey]
    let test: ValueTest
    let resources: [IdentityOutcome]
    let scopes: [IdentityOutcome]
  }

  /// Rough cost per row.
  var cost: Int {
    switch self {
    case .constant: 0
    case .codes: 1
    case .columns(let keys, let test): keys.reduce(0) { $0 + test.cost($1.type) }
    case .anyScope(let any): 3 + any.keys.reduce(0) { $0 + any.test.cost($1.type) }
    case .children(_, let keys, let test): 20 + 2 * keys.reduce(0) { $0 + test.cost($1.type) }
    case .not(let part): part.cost
    case .and(let parts), .or(let parts): parts.reduce(0) { $0 + $1.cost }
    }
  }

  var constant: Bool? {
    if case .constant(let value) = self { value } else { nil }
  }

  /// The conjunction, simplified and ordered.
  static func conjunction(_ parts: [BlockPredicate]) -> BlockPredicate {
    var kept: [BlockPredicate] = []
    for part in parts {
      switch part {
      case .constant(true): continue
      case .constant(false): return part
      case .and(let inner): kept += inner
      default: kept.append(part)
      }
    }
    if kept.isEmpty { return .constant(true) }
    return kept.count == 1 ? kept[0] : .and(sortedByCost(kept))
  }

  /// The disjunction, simplified and ordered.
  static func disjunction(_ parts: [BlockPredicate]) -> BlockPredicate {
    var kept: [BlockPredicate] = []
    for part in parts {
      switch part {
      case .constant(false): continue
      case .constant(true): return part
      case .or(let inner): kept += inner
      default: kept.append(part)
      }
    }
    if kept.isEmpty { return .constant(false) }
    return kept.count == 1 ? kept[0] : .or(sortedByCost(kept))
  }

  static func negation(_ part: BlockPredicate) -> BlockPredicate {
    switch part {
    case .constant(let value): .constant(!value)
    case .not(let inner): inner
    default: .not(part)
    }
  }

  private static func sortedByCost(_ parts: [BlockPredicate]) -> [BlockPredicate] {
    parts.map { (part: $0, cost: $0.cost) }.sorted { $0.cost < $1.cost }.map(\.part)
  }
}

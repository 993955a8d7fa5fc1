import TelemetryModel
import TelemetryStore

/// Binds a compiled predicate to one block from its metadata.
struct PredicateBinder {
  let block: any BlockSource
  let outcomes: IdentityOutcomes

  func bind(_ predicate: CompiledPredicate) -> BlockPredicate {
    switch predicate {
    case .constant(let value): return .constant(value)
    case .and(let parts):
      var bound: [BlockPredicate] = []
      for part in parts {
        let one = bind(part)
        if one.constant == false { return one }
        bound.append(one)
      }
      return .conjunction(bound)
    case .or(let parts): return .disjunction(parts.map(bind))
    case .not(let part): return .negation(bind(part))
    case .field(let leaf): return bind(leaf)
    case .anyText(let test, let number): return bindAnyText(test, number)
    case .traceIDs(let ids): return bindTraceIDs(ids)
    }
  }

  private func bind(_ leaf: FieldTest) -> BlockPredicate {
    let field = leaf.field
    if field.isIdentity(of: block.signal) { return bindIdentity(leaf) }
    if let kind = field.childKind {
      let columns = block.childColumns(kind).filter {
        $0.key.name == field.key && ($0.key.scope == field.scope || $0.key.scope == .intrinsic)
          && leaf.test.canMatch($0.key.type)
      }
      return columns.isEmpty ? .constant(false) : .children(kind, columns.map(\.key), leaf.test)
    }
    if field.scope == .any { return bindAnyScope(leaf) }
    if field == Field.traceID, case .compare(.equal, let id)? = leaf.test.traceIDs { return bindTraceIDs([id]) }
    return bindColumns(block.columns.filter { $0.key.scope == field.scope && $0.key.name == field.key }, leaf.test)
  }

  /// The columns that can match, minus those whose bounds say no; true when the bounds of a full column say yes.
  private func bindColumns(_ columns: [(key: ColumnKey, rowCount: Int)], _ test: ValueTest) -> BlockPredicate {
    var keys: [ColumnKey] = []
    for (key, rowCount) in columns where test.canMatch(key.type) && rowCount > 0 {
      let integers = key.type == .bool ? test.booleans : test.integers
      if key.type == .int || key.type == .bool, let integers, let bounds = block.bounds(of: key) {
        switch integers {
        case .range(let range):
          if !range.overlaps(bounds) { continue }
          if rowCount == block.rowCount, range.lowerBound <= bounds.lowerBound, range.upperBound >= bounds.upperBound {
            return .constant(true)
          }
        case .set(let set):
          if !set.contains(where: bounds.contains) { continue }
        case .text: break
        }
      }
      if let needles = test.filterNeedles(key.type), let filter = block.valueFilter(key), !needles.mayMatch(filter) {
        continue
      }
      keys.append(key)
    }
    return keys.isEmpty ? .constant(false) : .columns(keys, test)
  }

  private func bindIdentity(_ leaf: FieldTest) -> BlockPredicate {
    if block.signal == .metrics {
      return bindCodes(.series, leaf.number, block.series) { outcome(leaf, $0.value(of: leaf.field)) }
    }
    if leaf.field.scope == .resource {
      return bindCodes(.resource, leaf.number, block.resources) { outcome(leaf, $0.value(of: leaf.field)) }
    }
    return bindCodes(.scope, leaf.number, block.scopes) { outcome(leaf, $0.value(of: leaf.field)) }
  }

  private func bindCodes<Element: Sendable>(
    _ kind: IdentityKind, _ leaf: Int, _ table: [Element], _ evaluate: (Element) -> IdentityOutcome
  ) -> BlockPredicate {
    let accepted = outcomes.outcomes(leaf: leaf, over: table, evaluate).map { $0 == .accepted }
    // Entries that no row of the block uses decide nothing.
    let used = block.usedCodes(kind, tableCount: accepted.count)
    if !accepted[used].contains(true) { return .constant(false) }
    if !accepted[used].contains(false) { return .constant(true) }
    return .codes(kind, accepted: accepted)
  }

  private func bindAnyScope(_ leaf: FieldTest) -> BlockPredicate {
    let field = leaf.field
    let columns = block.columns.filter { $0.key.scope == .record && $0.key.name == field.key && $0.rowCount > 0 }
    // Two numbers a leaf: one for each table.
    let resources = outcomes.outcomes(leaf: leaf.number, over: block.resources) { outcome(leaf, $0.value(of: field)) }
    let scopes = outcomes.outcomes(leaf: -leaf.number, over: block.scopes) { outcome(leaf, $0.value(of: field)) }
    let isBesideRows = resources.contains { $0 != .missing } || scopes.contains { $0 != .missing }
    if !isBesideRows { return bindColumns(columns, leaf.test) }
    if columns.isEmpty {
      if !resources.contains(.accepted), !scopes.contains(.accepted) { return .constant(false) }
      if !resources.isEmpty, resources.allSatisfy({ $0 == .accepted }) { return .constant(true) }
    }
    return .anyScope(
      BlockPredicate.AnyScopeTest(keys: columns.map(\.key), test: leaf.test, resources: resources, scopes: scopes))
  }

  private func bindAnyText(_ test: ValueTest, _ number: Int) -> BlockPredicate {
    if block.signal == .metrics {
      return bindCodes(.series, number, block.series) { $0.matchesAnyText(test) ? .accepted : .rejected }
    }
    let columns = block.columns.filter { key, _ in
      (key.scope == .record && key.type == .string)
        || (key.scope == .intrinsic && (key.name == Field.body.key || key.name == Field.name.key))
    }
    return bindColumns(columns, test)
  }

  private func bindTraceIDs(_ ids: Set<TraceID>) -> BlockPredicate {
    let possible = ids.filter { block.mayContain($0) }
    if possible.isEmpty { return .constant(false) }
    let columns = block.columns.filter { $0.key.scope == .intrinsic && $0.key.name == Field.traceID.key }
    return bindColumns(columns, ValueTest(traceIDs: possible))
  }

  private func outcome(_ leaf: FieldTest, _ value: AttributeValue?) -> IdentityOutcome {
    guard let value else { return .missing }
    return leaf.test.matches(value) ? .accepted : .rejected
  }
}

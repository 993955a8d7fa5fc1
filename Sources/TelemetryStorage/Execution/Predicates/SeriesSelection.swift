import TelemetryModel

/// Evaluates a predicate over the series of one part: each leaf once for each distinct entry that a candidate uses.
struct SeriesSelection {
  private let table: SeriesColumns

  init(_ table: SeriesColumns) { self.table = table }

  /// The candidates that match; both ascending.
  func select(_ predicate: CompiledPredicate, _ candidates: [UInt32]) -> [UInt32] {
    if candidates.isEmpty { return [] }
    switch predicate {
    case .constant(let value): return value ? candidates : []
    case .and(let parts):
      // Names are few and usually tell most: they go first.
      var rest = candidates
      for part in parts where part.isMetricName { rest = select(part, rest) }
      for part in parts where !part.isMetricName { rest = select(part, rest) }
      return rest
    case .or(let parts):
      var rest = candidates
      var matched: [UInt32] = []
      for part in parts {
        let found = select(part, rest)
        matched = SeriesSelection.merged(matched, found)
        rest = subtract(found, from: rest)
      }
      return matched
    case .not(let part): return subtract(select(part, candidates), from: candidates)
    case .field(let leaf): return select(leaf, candidates)
    case .anyText(let test, _):
      let byName = filter(candidates, table.descriptorCodes, table.descriptorCount) {
        test.matches(.string($0.name)) ? .accepted : .rejected
      }
      let byAttribute = filter(subtract(byName, from: candidates), table.attributeCodes, table.attributeSets.count) {
        $0.attributes.matchesAnyText(test) ? .accepted : .rejected
      }
      return SeriesSelection.merged(byName, byAttribute)
    case .traceIDs: return []
    }
  }

  private func select(_ leaf: FieldTest, _ candidates: [UInt32]) -> [UInt32] {
    let field = leaf.field
    func outcome(_ value: AttributeValue?) -> IdentityOutcome {
      guard let value else { return .missing }
      return leaf.test.matches(value) ? .accepted : .rejected
    }
    func byScope(_ candidates: [UInt32]) -> [UInt32] {
      filter(candidates, table.scopeCodes, table.scopes.count) { outcome($0.scope.value(of: field)) }
    }
    switch field.scope {
    case .record:
      return filter(candidates, table.attributeCodes, table.attributeSets.count) { outcome($0.attributes[field.key]) }
    case .resource:
      return filter(candidates, table.resourceCodes, table.resources.count) {
        outcome($0.resource.attributes[field.key])
      }
    case .scope: return byScope(candidates)
    case .any:
      var missing: [UInt32] = []
      let own = filter(candidates, table.attributeCodes, table.attributeSets.count, missing: &missing) {
        outcome($0.attributes[field.key])
      }
      var without: [UInt32] = []
      let ofResource = filter(missing, table.resourceCodes, table.resources.count, missing: &without) {
        outcome($0.resource.attributes[field.key])
      }
      return SeriesSelection.merged(SeriesSelection.merged(own, ofResource), byScope(without))
    case .intrinsic:
      if field == Field.scopeName || field == Field.scopeVersion { return byScope(candidates) }
      return filter(candidates, table.descriptorCodes, table.descriptorCount) { outcome($0.value(of: field)) }
    case .event, .link: return []
    }
  }

  private func filter(
    _ candidates: [UInt32], _ codes: [UInt32], _ entryCount: Int, _ evaluate: (Series) -> IdentityOutcome
  ) -> [UInt32] {
    var missing: [UInt32] = []
    return filter(candidates, codes, entryCount, missing: &missing, evaluate)
  }

  /// The candidates whose entry, as the first of them shows it, is accepted; those whose entry lacks the field go to `missing`.
  private func filter(
    _ candidates: [UInt32], _ codes: [UInt32], _ entryCount: Int, missing: inout [UInt32],
    _ evaluate: (Series) -> IdentityOutcome
  ) -> [UInt32] {
    var outcomes = [IdentityOutcome?](repeating: nil, count: entryCount)
    var accepted: [UInt32] = []
    for candidate in candidates {
      let entry = Int(codes[Int(candidate)])
      let outcome: IdentityOutcome
      if let known = outcomes[entry] {
        outcome = known
      } else {
        outcome = evaluate(table.series[Int(candidate)])
        outcomes[entry] = outcome
      }
      switch outcome {
      case .accepted: accepted.append(candidate)
      case .missing: missing.append(candidate)
      case .rejected: break
      }
    }
    return accepted
  }

  /// Both in one; both ascending, with nothing in common.
  private static func merged(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    if left.isEmpty { return right }
    if right.isEmpty { return left }
    var merged: [UInt32] = []
    merged.reserveCapacity(left.count + right.count)
    var next = 0
    for code in left {
      while next < right.count, right[next] < code {
        merged.append(right[next])
        next += 1
      }
      merged.append(code)
    }
    merged += right[next...]
    return merged
  }

  /// `candidates` without `found`; both ascending, and `found` a part of them.
  private func subtract(_ found: [UInt32], from candidates: [UInt32]) -> [UInt32] {
    if found.isEmpty { return candidates }
    var rest: [UInt32] = []
    rest.reserveCapacity(candidates.count - found.count)
    var next = 0
    for candidate in candidates {
      if next < found.count, found[next] == candidate { next += 1 } else { rest.append(candidate) }
    }
    return rest
  }
}

extension CompiledPredicate {
  fileprivate var isMetricName: Bool {
    if case .field(let leaf) = self { leaf.field == Field.metricName } else { false }
  }
}

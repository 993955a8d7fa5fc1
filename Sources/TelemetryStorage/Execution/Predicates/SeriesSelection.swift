import TelemetryModel

/// Evaluates a predicate over the series of one part: each leaf once for each distinct entry that a candidate uses.
struct SeriesSelection {
  private let table: SeriesColumns

  init(_ table: SeriesColumns) { self.table = table }

  /// Whether each series matches.
  func flags(_ predicate: CompiledPredicate) -> [Bool] {
    if case .constant(let value) = predicate { return [Bool](repeating: value, count: table.count) }
    var flags = [Bool](repeating: false, count: table.count)
    for code in select(predicate, Array(0..<UInt32(table.count))) { flags[Int(code)] = true }
    return flags
  }

  /// The candidates that match; both ascending.
  private func select(_ predicate: CompiledPredicate, _ candidates: [UInt32]) -> [UInt32] {
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
        matched += found
        rest = subtract(found, from: rest)
      }
      return matched.sorted()
    case .not(let part): return subtract(select(part, candidates), from: candidates)
    case .field(let leaf): return select(leaf, candidates)
    case .anyText(let test, _):
      let byName = filter(candidates, table.descriptorCodes, table.names.count) {
        test.matches(.string(table.names[$0])) ? .accepted : .rejected
      }
      let byAttribute = filter(subtract(byName, from: candidates), table.attributeCodes, table.attributeSets.count) {
        table.attributeSets[$0].matchesAnyText(test) ? .accepted : .rejected
      }
      return (byName + byAttribute).sorted()
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
      filter(candidates, table.scopeCodes, table.scopes.count) { outcome(table.scopes[$0].value(of: field)) }
    }
    switch field.scope {
    case .record:
      return filter(candidates, table.attributeCodes, table.attributeSets.count) {
        outcome(table.attributeSets[$0][field.key])
      }
    case .resource:
      return filter(candidates, table.resourceCodes, table.resources.count) {
        outcome(table.resources[$0].attributes[field.key])
      }
    case .scope: return byScope(candidates)
    case .any:
      var missing: [UInt32] = []
      let own = filter(candidates, table.attributeCodes, table.attributeSets.count, missing: &missing) {
        outcome(table.attributeSets[$0][field.key])
      }
      var without: [UInt32] = []
      let ofResource = filter(missing, table.resourceCodes, table.resources.count, missing: &without) {
        outcome(table.resources[$0].attributes[field.key])
      }
      return (own + ofResource + byScope(without)).sorted()
    case .intrinsic:
      if field == Field.metricName {
        return filter(candidates, table.descriptorCodes, table.names.count) {
          outcome(table.names[$0].isEmpty ? nil : .string(table.names[$0]))
        }
      }
      if field == Field.unit {
        return filter(candidates, table.descriptorCodes, table.units.count) {
          outcome(table.units[$0].isEmpty ? nil : .string(table.units[$0]))
        }
      }
      return byScope(candidates)
    case .event, .link: return []
    }
  }

  private func filter(
    _ candidates: [UInt32], _ codes: [UInt32], _ entryCount: Int, _ evaluate: (Int) -> IdentityOutcome
  ) -> [UInt32] {
    var missing: [UInt32] = []
    return filter(candidates, codes, entryCount, missing: &missing, evaluate)
  }

  /// The candidates whose entry is accepted; those whose entry lacks the field go to `missing`.
  private func filter(
    _ candidates: [UInt32], _ codes: [UInt32], _ entryCount: Int, missing: inout [UInt32],
    _ evaluate: (Int) -> IdentityOutcome
  ) -> [UInt32] {
    var outcomes = [IdentityOutcome?](repeating: nil, count: entryCount)
    var accepted: [UInt32] = []
    for candidate in candidates {
      let entry = Int(codes[Int(candidate)])
      let outcome: IdentityOutcome
      if let known = outcomes[entry] {
        outcome = known
      } else {
        outcome = evaluate(entry)
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

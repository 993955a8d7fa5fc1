import TelemetryModel

/// Identifiers that stand in several slots of a chunk, kept once: an order's id in every line about the order.
struct SharedVariables {
  /// By slot number: the codes of its variables, for slots that share.
  private(set) var codes: [Int: [Int64]] = [:]
  private(set) var distinct = BytesColumn()

  /// Shorter values are cheap where they stand.
  private static let lengthMinimum = 8

  /// A slot shares when most of its values are long and stand in another slot as well.
  init(_ table: TemplateTable, in column: BytesColumn) {
    let candidates = table.slots.indices.filter { number in
      let variables = table.slots[number].variables
      guard variables.count >= VariableColumn.pooledBelow else { return false }
      return table.range(of: variables[0]).count >= SharedVariables.lengthMinimum
    }
    guard candidates.count > 1 else { return }
    let arena = unsafe column.arena.span.bytes
    var interner = BytesInterner(expectedCount: 1024)
    var known: [Int: [UInt32]] = [:]
    // The slot in which a value was first seen; −1 once it was seen in another one.
    var homes: [Int] = []
    for number in candidates {
      known[number] = table.slots[number].variables.map { variable in
        let range = table.range(of: variable)
        let code = interner.code(of: arena, start: range.lowerBound, count: range.count)
        if Int(code) == homes.count {
          homes.append(number)
        } else if homes[Int(code)] != number {
          homes[Int(code)] = -1
        }
        return code
      }
    }
    let values = interner.finish()
    var newCodes = [Int64](repeating: -1, count: values.count)
    var used: [UInt32] = []
    for number in candidates {
      guard let codesOfSlot = known[number] else { continue }
      var sharedCount = 0
      for code in codesOfSlot where homes[Int(code)] < 0 { sharedCount += 1 }
      guard sharedCount * 2 > codesOfSlot.count else { continue }
      codes[number] = codesOfSlot.map { code in
        if newCodes[Int(code)] < 0 {
          newCodes[Int(code)] = Int64(used.count)
          used.append(code)
        }
        return newCodes[Int(code)]
      }
    }
    distinct = values.gathered(used)
  }
}

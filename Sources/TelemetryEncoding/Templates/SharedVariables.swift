import TelemetryModel

/// Identifiers that stand in several slots of a chunk, kept once: an order's id in every line about the order.
struct SharedVariables {
  /// By slot number: the codes of its variables, for slots that share.
  private(set) var codes: [Int: [Int64]] = [:]
  private(set) var distinct = BytesColumn()

  /// Shorter values are cheap where they stand.
  private static let lengthMinimum = 8
  /// Variables above which a part of the values, chosen by their hashes, tells what slots share.
  private static let sampleMinimum = 8192

  /// A slot shares when most of its values are long and stand in another slot as well.
  init(_ table: TemplateTable, in column: borrowing BytesColumn) {
    let candidates = table.slots.indices.filter { number in
      let slot = table.slots[number].variables
      return slot.count >= VariableColumn.pooledBelow
        && table.variables[slot.lowerBound].length >= SharedVariables.lengthMinimum
    }
    guard candidates.count > 1 else { return }
    let sharing = SharedVariables.sharing(candidates, table, in: column)
    guard !sharing.isEmpty else { return }
    let arena = unsafe column.arena.span.bytes
    var interner = BytesInterner(expectedCount: 1024)
    for number in sharing {
      var slotCodes: [Int64] = []
      slotCodes.reserveCapacity(table.slots[number].variables.count)
      for index in table.slots[number].variables {
        let variable = table.variables[index]
        slotCodes.append(Int64(interner.code(of: arena, start: variable.start, count: variable.length)))
      }
      codes[number] = slotCodes
    }
    distinct = interner.finish()
  }

  /// The candidates most of whose values stand in another candidate too.
  private static func sharing(
    _ candidates: [Int], _ table: TemplateTable, in column: borrowing BytesColumn
  ) -> [Int] {
    let arena = unsafe column.arena.span.bytes
    let total = candidates.reduce(0) { $0 + table.slots[$1].variables.count }
    // The same values are looked at in every slot.
    let sampleMask: UInt64 = total > sampleMinimum ? 7 : 0
    var homes = SlotsOfHashes(expectedCount: total / (Int(sampleMask) + 1))
    var looked: [[Int]] = []
    for number in candidates {
      var entries: [Int] = []
      for index in table.slots[number].variables {
        let variable = table.variables[index]
        let hash = ContentHash.of(arena, start: variable.start, count: variable.length)
        if hash >> 32 & sampleMask == 0 { entries.append(homes.note(hash, slot: number)) }
      }
      looked.append(entries)
    }
    var sharing: [Int] = []
    for (candidate, number) in candidates.enumerated() {
      let shared = looked[candidate].count { homes.isShared($0) }
      if shared * 2 > looked[candidate].count { sharing.append(number) }
    }
    return sharing
  }
}

/// By hash of a value, the slot that it was seen in. Unlike values of one hash only misjudge what sharing would save.
private struct SlotsOfHashes {
  private var hashes: [UInt64]
  /// Slot + 1; 0 is empty, −1 once a second slot had the value.
  private var slots: [Int32]

  init(expectedCount: Int) {
    var capacity = 64
    // A sample by hashes may be somewhat larger than expected; the table never fills, see `note`.
    while capacity < expectedCount * 4 { capacity *= 2 }
    hashes = [UInt64](repeating: 0, count: capacity)
    slots = [Int32](repeating: 0, count: capacity)
  }

  /// Notes a value of `slot`; returns its entry.
  mutating func note(_ hash: UInt64, slot: Int) -> Int {
    let mask = hashes.count &- 1
    let owner = Int32(truncatingIfNeeded: slot &+ 1)
    var entry = Int(truncatingIfNeeded: hash) & mask
    var probes = 0
    while slots[entry] != 0, hashes[entry] != hash {
      entry = (entry &+ 1) & mask
      probes &+= 1
      if probes == mask { return entry }
    }
    if slots[entry] == 0 {
      hashes[entry] = hash
      slots[entry] = owner
    } else if slots[entry] != owner {
      slots[entry] = -1
    }
    return entry
  }

  func isShared(_ entry: Int) -> Bool { slots[entry] < 0 }
}

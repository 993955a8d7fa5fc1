import TelemetryModel

/// The values of a chunk cut into templates and variables.
///
/// What a filter over the words of a column needs stands here once: the distinct templates, and the variables of each slot.
struct TemplateTable {
  /// One slot of a template: which of `variables` stand in it, and what they have in common.
  struct Slot {
    let variables: Range<Int>
    let spellings: Spellings
    /// All have one length.
    let hasOneLength: Bool
  }

  let templates: BytesColumn
  /// The template of each value.
  let codes: [Int64]
  /// Template after template, each template's in the order of its text.
  let slots: [Slot]
  /// Slot after slot, in the order of the values.
  let variables: [TextVariable]

  /// nil when a value has the marker's byte or there are too many templates for the values.
  init?(_ column: borrowing BytesColumn, _ range: Range<Int>) {
    let limit = max(16, min(TemplateCodec.templateLimit, range.count / 4))
    let base = column.range(range.lowerBound).lowerBound
    let end = column.range(range.upperBound - 1).upperBound
    guard end - base <= TextVariable.lengthLimit else { return nil }
    var skeletons = SkeletonTable()
    var codes: [Int64] = []
    codes.reserveCapacity(range.count)
    let arena = unsafe column.arena.span.bytes
    let found = unsafe column.arena.withUnsafeBufferPointer { buffer -> [TextVariable]? in
      let bytes = unsafe UnsafeBufferPointer(rebasing: buffer[base..<end])
      guard let masks = unsafe TokenMasks(bytes) else { return nil }
      // A run of digits may reach over the end of a text.
      let capacity = masks.digitRunCount + range.count
      return unsafe [TextVariable](unsafeUninitializedCapacity: capacity) { target, initializedCount in
        let isCut = unsafe masks.withWalker { walker in
          guard let first = target.baseAddress, let text = bytes.baseAddress else { return false }
          for index in range {
            let value = column.range(index)
            let variables = unsafe first + initializedCount
            let local = value.lowerBound - base..<value.upperBound - base
            let count = unsafe TemplateScanner.scan(text, walker, local, offset: base, into: variables)
            initializedCount &+= count
            let code = unsafe skeletons.code(of: value, in: arena, UnsafeBufferPointer(start: variables, count: count))
            codes.append(Int64(code))
            if skeletons.count > limit || initializedCount > TemplateCodec.variableLimit { return false }
          }
          return true
        }
        // No masks: every value is empty.
        if isCut == nil {
          for _ in range {
            codes.append(
              Int64(unsafe skeletons.code(of: base..<base, in: arena, UnsafeBufferPointer(start: nil, count: 0))))
          }
        }
      }
    }
    guard let found, codes.count == range.count, skeletons.count <= limit, found.count <= TemplateCodec.variableLimit
    else { return nil }
    self.codes = codes
    (slots, variables) = TemplateTable.slots(codes, skeletons.slotCounts, found)
    templates = skeletons.templates
  }

  /// Sorts the variables, which stand value after value, by slots.
  private static func slots(
    _ codes: [Int64], _ slotCounts: [Int], _ found: [TextVariable]
  ) -> (slots: [Slot], variables: [TextVariable]) {
    var valueCounts = [Int](repeating: 0, count: slotCounts.count)
    for code in codes { valueCounts[Int(code)] &+= 1 }
    var firstSlots: [Int] = []
    var positions: [Int] = []
    var variableCount = 0
    for (template, slotCount) in slotCounts.enumerated() {
      firstSlots.append(positions.count)
      for _ in 0..<slotCount {
        positions.append(variableCount)
        variableCount += valueCounts[template]
      }
    }
    let starts = positions
    var spellings = [UInt8](repeating: Spellings.all.bits, count: positions.count)
    let variables = unsafe [TextVariable](unsafeUninitializedCapacity: variableCount) { target, initializedCount in
      var next = 0
      for code in codes {
        let first = firstSlots[Int(code)]
        for slot in first..<first &+ slotCounts[Int(code)] {
          let variable = found[next]
          unsafe target[positions[slot]] = variable
          positions[slot] &+= 1
          spellings[slot] &= variable.spellings.bits
          next &+= 1
        }
      }
      initializedCount = variableCount
    }
    var slots: [Slot] = []
    slots.reserveCapacity(starts.count)
    for (slot, start) in starts.enumerated() {
      let range = start..<positions[slot]
      let length = variables[start].length
      var hasOneLength = true
      for index in range where variables[index].length != length { hasOneLength = false }
      slots.append(Slot(variables: range, spellings: Spellings(bits: spellings[slot]), hasOneLength: hasOneLength))
    }
    return (slots, variables)
  }
}

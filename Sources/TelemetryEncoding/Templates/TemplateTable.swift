import TelemetryModel

/// The values of a chunk cut into templates and variables.
struct TemplateTable {
  /// One slot of a template with the variables that stand in it, in the order of the values.
  struct Slot {
    /// Positions in `starts` and `ends`.
    fileprivate(set) var variables: [UInt32] = []
  }

  let templates: BytesColumn
  /// The template of each value.
  let codes: [Int64]
  /// Template after template, each template's in the order of its text.
  let slots: [Slot]
  private let starts: [UInt32]
  private let ends: [UInt32]

  /// nil when a value has the marker's byte or there are too many templates for the values.
  init?(_ column: BytesColumn, _ range: Range<Int>) {
    let limit = max(16, min(TemplateCodec.templateLimit, range.count / 4))
    var scanner = TemplateScanner()
    scanner.reserve(texts: range.count)
    var interner = BytesInterner(expectedCount: 256)
    var codes: [Int64] = []
    codes.reserveCapacity(range.count)
    var firstVariables: [UInt32] = []
    firstVariables.reserveCapacity(range.count + 1)
    let arena = unsafe column.arena.span.bytes
    for index in range {
      firstVariables.append(UInt32(truncatingIfNeeded: scanner.starts.count))
      guard scanner.scan(arena, column.range(index)) else { return nil }
      let code = unsafe interner.code(of: scanner.template.span.bytes, start: 0, count: scanner.templateCount)
      codes.append(Int64(code))
      if interner.count > limit || scanner.starts.count > TemplateCodec.variableLimit { return nil }
    }
    firstVariables.append(UInt32(truncatingIfNeeded: scanner.starts.count))
    templates = interner.finish()
    self.codes = codes
    starts = scanner.starts
    ends = scanner.ends
    slots = TemplateTable.slots(templates, codes, firstVariables)
  }

  private static func slots(_ templates: BytesColumn, _ codes: [Int64], _ firstVariables: [UInt32]) -> [Slot] {
    var firstSlots: [Int] = []
    var slotCount = 0
    for template in 0..<templates.count {
      firstSlots.append(slotCount)
      for byte in templates[template] where byte == TemplateScanner.marker { slotCount += 1 }
    }
    var slots = [Slot](repeating: Slot(), count: slotCount)
    for (row, code) in codes.enumerated() {
      let first = firstSlots[Int(code)]
      let variables = firstVariables[row]..<firstVariables[row + 1]
      for variable in variables { slots[first + Int(variable - variables.lowerBound)].variables.append(variable) }
    }
    return slots
  }

  /// The variables of a slot.
  func values(of slot: Slot, in column: BytesColumn) -> BytesColumn {
    var values = BytesColumn()
    values.reserve(values: slot.variables.count, bytes: slot.variables.count * 8)
    for variable in slot.variables { values.append(bytes(of: variable, in: column)) }
    return values
  }

  /// The bytes of a variable.
  func bytes(of variable: UInt32, in column: BytesColumn) -> ArraySlice<UInt8> {
    column.arena[range(of: variable)]
  }

  /// Where a variable stands in the arena.
  @inline(__always)
  func range(of variable: UInt32) -> Range<Int> { Int(starts[Int(variable)])..<Int(ends[Int(variable)]) }
}

import TelemetryModel

/// A decoded chunk of templates: what its texts are made of.
struct TemplateColumn {
  private let templates: BytesColumn
  private let codes: [UInt32]
  /// Of each template, the number of its first slot; one more at the end.
  private let firstSlots: [Int]
  private let slots: [VariableValues]
  private let pool: BytesColumn
  private let shared: BytesColumn

  init(count: Int, _ reader: inout EncodingReader) throws(EncodingError) {
    let templateCount = try reader.count(limit: TemplateCodec.templateLimit)
    templates = try BytesCodec.decodeTable(count: templateCount, &reader)
    codes = try WordCodec.decodeCodes(count: count, limit: templateCount, &reader)
    var valueCounts = [Int](repeating: 0, count: templateCount)
    for code in codes { valueCounts[Int(code)] += 1 }
    var firstSlots: [Int] = [0]
    var slots: [VariableValues] = []
    var pooledCount = 0
    var variableCount = 0
    for template in 0..<templateCount {
      for byte in templates[template] where byte == TemplateScanner.marker {
        variableCount += valueCounts[template]
        guard variableCount <= TemplateCodec.variableLimit else {
          throw EncodingError(.tooLarge, "more than \(TemplateCodec.variableLimit) variables")
        }
        guard let kind = VariableColumn.Kind(rawValue: try reader.byte()) else {
          throw EncodingError(.unknownEncoding, "an unknown kind of variables")
        }
        switch kind {
        case .pooled:
          slots.append(.pooled(base: pooledCount))
          pooledCount += valueCounts[template]
        case .shared:
          slots.append(
            .shared(try WordCodec.decodeCodes(count: valueCounts[template], limit: 1 << 32, &reader)))
        default: slots.append(try VariableColumn.decode(kind, count: valueCounts[template], &reader))
        }
      }
      firstSlots.append(slots.count)
    }
    pool = try BytesCodec.decodeTable(count: pooledCount, &reader)
    let sharedCount = try reader.count(limit: TemplateCodec.variableLimit)
    shared = try BytesCodec.decodeTable(count: sharedCount, &reader)
    for slot in slots {
      guard case .shared(let codes) = slot else { continue }
      for code in codes where Int(code) >= sharedCount {
        throw EncodingError(.damaged, "a shared variable is beyond its table")
      }
    }
    self.firstSlots = firstSlots
    self.slots = slots
  }

  /// The texts.
  func texts() throws(EncodingError) -> BytesColumn {
    var arena: [UInt8] = []
    var ends: [UInt32] = []
    ends.reserveCapacity(codes.count)
    arena.reserveCapacity(codes.count * 64)
    var seen = [Int](repeating: 0, count: templates.count)
    for code in codes {
      let template = Int(code)
      append(template, occurrence: seen[template], to: &arena)
      seen[template] &+= 1
      guard arena.count <= EncodingLimits.chunkBytes else {
        throw EncodingError(.tooLarge, "values of more than \(EncodingLimits.chunkBytes) bytes")
      }
      ends.append(UInt32(truncatingIfNeeded: arena.count))
    }
    return BytesColumn(uncheckedArena: arena, endOffsets: ends)
  }

  /// Appends the text of a template's value, the `occurrence`-th of the template.
  private func append(_ template: Int, occurrence: Int, to arena: inout [UInt8]) {
    let range = templates.range(template)
    var start = range.lowerBound
    var slot = firstSlots[template]
    let bytes = templates.arena.span
    for position in range where bytes[position] == TemplateScanner.marker {
      arena.append(contentsOf: templates.arena[start..<position])
      slots[slot].append(occurrence, pool: pool, shared: shared, to: &arena)
      slot &+= 1
      start = position &+ 1
    }
    arena.append(contentsOf: templates.arena[start..<range.upperBound])
  }
}

extension VariableValues {
  /// Appends the text of variable `index`.
  @inline(__always)
  func append(_ index: Int, pool: BytesColumn, shared: BytesColumn, to arena: inout [UInt8]) {
    switch self {
    case .decimals(let values, let digits): VariableValues.append(values[index], digits: digits, to: &arena)
    case .text(let values): arena.append(contentsOf: values[index])
    case .pooled(let base): arena.append(contentsOf: pool[base + index])
    case .shared(let codes): arena.append(contentsOf: shared[Int(codes[index])])
    }
  }

  private static func append(_ value: Int64, digits: Int, to arena: inout [UInt8]) {
    var rest = UInt64(bitPattern: value)
    let start = arena.count
    var count = 0
    while rest > 0 || count < digits {
      arena.append(UInt8(truncatingIfNeeded: rest % 10) &+ 0x30)
      rest /= 10
      count &+= 1
    }
    arena[start...].reverse()
  }
}

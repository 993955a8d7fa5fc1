import Synchronization
package import TelemetryModel

/// A chunk of templates where it stands. The templates are there at once; the values' template numbers, and where each
/// slot's variables stand, are read when they are first asked for, and kept.
package final class StoredTemplates: Sendable {
  /// Stands for a variable in a template.
  @inlinable package static var marker: UInt8 { 0xff }

  package let templates: BytesColumn
  package let count: Int
  private let codes: StoredWords
  /// Behind the codes.
  private let rest: EncodingReader
  private let opened = Mutex<OpenTemplates?>(nil)

  /// Takes what is left of the reader.
  init(count: Int, _ reader: inout EncodingReader) throws(EncodingError) {
    self.count = count
    let templateCount = try reader.count(limit: TemplateCodec.templateLimit)
    templates = try BytesCodec.decodeTable(count: templateCount, &reader)
    codes = try StoredWords(nested: count, &reader)
    rest = reader
    _ = try reader.take(reader.remaining)
  }

  /// Memory that the templates take, and the template numbers once they are read.
  var byteCount: Int { templates.byteCount + count * 2 }

  private func open() throws(EncodingError) -> OpenTemplates {
    if let known = opened.withLock({ $0 }) { return known }
    let made = try OpenTemplates(templates, try codes.codes(limit: templates.count), rest)
    opened.withLock { $0 = made }
    return made
  }

  /// Calls `body` with the position and the template number of each value that has one of the templates, ascending.
  ///
  /// - Parameter isWanted: for each template.
  package func forEachValue(
    ofTemplates isWanted: [Bool], _ body: (_ position: Int, _ template: Int) -> Void
  ) throws(EncodingError) {
    let codes = try open().codes
    let wanted = isWanted.indices.filter { isWanted[$0] }
    if wanted.count <= TemplateNumbers.comparedLimit {
      TemplateNumbers(codes).forEach(wanted, body)
    } else {
      for (position, code) in codes.enumerated() where isWanted[Int(code)] { body(position, Int(code)) }
    }
  }

  /// What the variables of each marker may be made of, template by template.
  package func alphabets(ofTemplate template: Int) throws(EncodingError) -> [VariableAlphabet] {
    try open().alphabets(ofTemplate: template)
  }

  /// The texts of the values at the positions, which ascend.
  package func texts(at indices: [Int]) throws(EncodingError) -> BytesColumn { try open().texts(at: indices) }

  /// The texts of all values.
  func texts() throws(EncodingError) -> BytesColumn { try texts(at: Array(0..<count)) }

  /// The variables that are not kept as decimals, some of them more than once.
  ///
  /// - Throws: `.tooLarge` when texts have so many variables that the rest of them are part of a template.
  func variables() throws(EncodingError) -> BytesColumn { try open().variables() }
}

/// A chunk of templates with its parts found.
struct OpenTemplates: Sendable {
  private let templates: BytesColumn
  let codes: [UInt16]
  /// Of each template, the number of its first slot; one more at the end.
  private let firstSlots: [Int]
  private let slots: [StoredSlot]
  private let pool: StoredTable
  private let shared: StoredTable

  init(_ templates: BytesColumn, _ codes: [UInt32], _ rest: EncodingReader) throws(EncodingError) {
    self.templates = templates
    self.codes = codes.map { UInt16(truncatingIfNeeded: $0) }
    var valueCounts = [Int](repeating: 0, count: templates.count)
    for code in codes { valueCounts[Int(code)] &+= 1 }
    var reader = rest
    var firstSlots: [Int] = [0]
    var slots: [StoredSlot] = []
    var pooledCount = 0
    var variableCount = 0
    for template in 0..<templates.count {
      for byte in templates[template] where byte == TemplateScanner.marker {
        variableCount += valueCounts[template]
        guard variableCount <= TemplateCodec.variableLimit else {
          throw EncodingError(.tooLarge, "more than \(TemplateCodec.variableLimit) variables")
        }
        slots.append(try StoredSlot(count: valueCounts[template], pooledCount: &pooledCount, &reader))
      }
      firstSlots.append(slots.count)
    }
    pool = try StoredTable(count: pooledCount, &reader)
    shared = try StoredTable(count: try reader.count(limit: TemplateCodec.variableLimit), &reader)
    self.firstSlots = firstSlots
    self.slots = slots
  }

  func variables() throws(EncodingError) -> BytesColumn {
    for template in 0..<templates.count
    where firstSlots[template + 1] - firstSlots[template] >= TemplateScanner.variableLimit {
      throw EncodingError(.tooLarge, "variables beyond the limit of a text")
    }
    var found: [BytesColumn] = [try pool.values(), try shared.values()]
    for slot in slots {
      switch slot {
      case .decimals, .pooled, .shared: continue
      case .hexadecimal(let packed, let digits, let isUpper):
        found.append(
          try Hexadecimal.unpacked(try packed.bytes(at: Array(0..<packed.count)), digits: digits, isUpper: isUpper))
      case .uuid(let packed): found.append(try Hexadecimal.uuids(try packed.bytes(at: Array(0..<packed.count))))
      case .text(let values): found.append(try values.bytes(at: Array(0..<values.count)))
      }
    }
    var all = BytesColumn()
    for column in found { for index in 0..<column.count { all.append(column[index]) } }
    return all
  }

  func alphabets(ofTemplate template: Int) -> [VariableAlphabet] {
    slots[firstSlots[template]..<firstSlots[template + 1]].map(\.alphabet)
  }

  /// One template's share of a request.
  private struct Share {
    let template: Int
    /// Where its values stand, ascending.
    var positions: [Int] = []
    /// Which of the template's values they are.
    var occurrences: [Int] = []
    var variables: [VariableValues] = []
    var next = 0
  }

  func texts(at indices: [Int]) throws(EncodingError) -> BytesColumn {
    guard let last = indices.last, last < codes.count else { return BytesColumn() }
    var shares: [Share] = []
    var shareOfTemplate = [Int](repeating: -1, count: templates.count)
    for index in indices {
      let code = Int(codes[index])
      if shareOfTemplate[code] < 0 {
        shareOfTemplate[code] = shares.count
        shares.append(Share(template: code))
      }
      shares[shareOfTemplate[code]].positions.append(index)
    }
    findOccurrences(&shares, shareOfTemplate, last: last)
    for index in shares.indices {
      let template = shares[index].template
      for slot in slots[firstSlots[template]..<firstSlots[template + 1]] {
        shares[index].variables.append(try values(slot, shares[index].occurrences))
      }
    }
    var arena: [UInt8] = []
    arena.reserveCapacity(indices.count * 64)
    var ends: [UInt32] = []
    ends.reserveCapacity(indices.count)
    for index in indices {
      let template = Int(codes[index])
      let share = shareOfTemplate[template]
      append(template, shares[share].variables, shares[share].next, to: &arena)
      shares[share].next += 1
      guard arena.count <= EncodingLimits.chunkBytes else {
        throw EncodingError(.tooLarge, "values of more than \(EncodingLimits.chunkBytes) bytes")
      }
      ends.append(UInt32(truncatingIfNeeded: arena.count))
    }
    return BytesColumn(uncheckedArena: arena, endOffsets: ends)
  }

  /// Counts, before each position, the values of its template.
  private func findOccurrences(_ shares: inout [Share], _ shareOfTemplate: [Int], last: Int) {
    if shares.count <= TemplateNumbers.comparedLimit {
      let numbers = TemplateNumbers(codes)
      for index in shares.indices {
        var count = 0
        var counted = 0
        for position in shares[index].positions {
          count += numbers.count(of: shares[index].template, in: counted..<position)
          counted = position
          shares[index].occurrences.append(count)
        }
      }
      return
    }
    var seen = [Int](repeating: 0, count: shares.count)
    for position in 0...last {
      let share = shareOfTemplate[Int(codes[position])]
      if share < 0 { continue }
      let found = shares[share].occurrences.count
      if found < shares[share].positions.count, shares[share].positions[found] == position {
        shares[share].occurrences.append(seen[share])
      }
      seen[share] &+= 1
    }
  }

  private func append(_ template: Int, _ variables: [VariableValues], _ number: Int, to arena: inout [UInt8]) {
    let range = templates.range(template)
    var start = range.lowerBound
    var slot = 0
    for position in range where templates.arena[position] == TemplateScanner.marker {
      arena.append(contentsOf: templates.arena[start..<position])
      variables[slot].append(number, pool: BytesColumn(), shared: BytesColumn(), to: &arena)
      slot &+= 1
      start = position &+ 1
    }
    arena.append(contentsOf: templates.arena[start..<range.upperBound])
  }

  /// Some variables of a slot.
  private func values(_ slot: StoredSlot, _ occurrences: [Int]) throws(EncodingError) -> VariableValues {
    switch slot {
    case .decimals(let words, let digits):
      let values = try words.words(at: occurrences)
      for value in values where value < 0 { throw EncodingError(.damaged, "a negative decimal") }
      return .decimals(values, digits: digits)
    case .hexadecimal(let packed, let digits, let isUpper):
      return .text(try Hexadecimal.unpacked(try packed.bytes(at: occurrences), digits: digits, isUpper: isUpper))
    case .uuid(let packed): return .text(try Hexadecimal.uuids(try packed.bytes(at: occurrences)))
    case .text(let values): return .text(try values.bytes(at: occurrences))
    case .pooled(let base, _): return .text(try pool.values(at: occurrences.map { base + $0 }))
    case .shared(let codes):
      return .text(try shared.values(at: try codes.codes(at: occurrences, limit: shared.count).map { Int($0) }))
    }
  }
}

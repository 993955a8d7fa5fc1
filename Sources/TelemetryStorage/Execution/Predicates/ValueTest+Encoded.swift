import TelemetryEncoding
import TelemetryModel
import TelemetryStore

/// Tests of columns in the form in which they are stored.
extension ValueTest {
  /// Fewer candidates than one row in so many are looked up one by one.
  private static let lookupFraction = 8

  /// Inserts the candidates whose value matches; false, and nothing inserted, when the column has to be decoded for that.
  ///
  /// - Parameter control: when its query is cancelled the answer is not complete.
  func select(
    _ column: EncodedColumn, candidates: RowBitmap, into matched: inout RowBitmap, _ control: QueryControl? = nil
  ) throws(EncodingError) -> Bool {
    if acceptsAll(column.key.type) {
      insertAll(column, candidates, into: &matched)
      return true
    }
    switch column.values {
    case .traceIDs(let ids):
      let wanted: Set<TraceID>
      switch traceIDs {
      case .compare(.equal, let id)?: wanted = [id]
      case .set(let set)?: wanted = set
      default: return false
      }
      insert(try ids.positions(of: wanted), column, candidates, into: &matched)
      return true
    case .bytes(let stored):
      guard let test = bytes[column.key.type] else { return true }
      return try select(stored, test, column, candidates, into: &matched, control)
    case .words, .doubles, .times, .spanIDs: return false
    }
  }

  private func select(
    _ stored: StoredBytes, _ test: BytesTest, _ column: EncodedColumn, _ candidates: RowBitmap,
    into matched: inout RowBitmap, _ control: QueryControl?
  ) throws(EncodingError) -> Bool {
    switch stored.form {
    case .constant(let value):
      if ValueTest.matches(test, value.arena.span, type: column.key.type) {
        insertAll(column, candidates, into: &matched)
      }
      return true
    case .dictionary(let table, let codes):
      let accepted = accepts(try table.values(), type: column.key.type, test)
      if !accepted.contains(true) { return true }
      if !accepted.contains(false) {
        insertAll(column, candidates, into: &matched)
        return true
      }
      if candidates.count * ValueTest.lookupFraction < candidates.rowCount {
        let rows = candidates.rows
        let (places, indices) = column.presence.find(rows)
        for (number, code) in try codes.codes(at: indices, limit: table.count).enumerated() where accepted[Int(code)] {
          matched.insert(Int(rows[Int(places[number])]))
        }
        return true
      }
      var found = RowBitmap(none: candidates.rowCount)
      selectCodes(try codes.codes(limit: table.count), column.presence.rows, accepted, into: &found)
      found.formIntersection(candidates)
      matched.formUnion(found)
      return true
    case .frames: return false
    case .templates(let templates):
      guard column.key.type == .string else { return false }
      return try select(templates, test, column, candidates, into: &matched, control)
    }
  }

  /// Decides templates first; only texts whose template leaves it open are put together.
  private func select(
    _ stored: StoredTemplates, _ test: BytesTest, _ column: EncodedColumn, _ candidates: RowBitmap,
    into matched: inout RowBitmap, _ control: QueryControl?
  ) throws(EncodingError) -> Bool {
    let needle = TemplateNeedle(test)
    let templates = stored.templates
    let arena = templates.arena.span
    var verdicts = [TemplateNeedle.Verdict](repeating: .never, count: templates.count)
    var isWanted = [Bool](repeating: false, count: templates.count)
    for template in needle.candidates(templates) {
      let bytes = arena.extracting(templates.range(template))
      var verdict = needle.verdict(bytes)
      if verdict == .dependsOnVariables, !needle.mayMatch(bytes, try stored.alphabets(ofTemplate: template)) {
        // The kinds of variables rule out more.
        verdict = .never
      }
      verdicts[template] = verdict
      isWanted[template] = verdict != .never
    }
    if !isWanted.contains(true) { return true }
    let rows = column.presence.rows
    var open: [Int] = []
    try stored.forEachValue(ofTemplates: isWanted) { position, template in
      let row = rows.map { Int($0[position]) } ?? position
      guard candidates.contains(row) else { return }
      if verdicts[template] == .always { matched.insert(row) } else { open.append(position) }
    }
    if open.isEmpty { return true }
    let texts = try stored.texts(at: open)
    let own = Column(column.key, rows: nil, values: .bytes(texts))
    var found = RowBitmap(none: open.count)
    select(own, candidates: RowBitmap(all: open.count), into: &found, control)
    for place in found.rows {
      let index = open[Int(place)]
      matched.insert(rows.map { Int($0[index]) } ?? index)
    }
    return true
  }

  /// Whether every value of the type matches.
  private func acceptsAll(_ type: ValueType) -> Bool {
    switch type {
    case .int: if case .range(Int64.min...Int64.max)? = integers { true } else { false }
    case .bool: if case .range(Int64.min...Int64.max)? = booleans { true } else { false }
    case .double: if case .any? = doubles { true } else { false }
    case .traceID: if case .any? = traceIDs { true } else { false }
    case .spanID: if case .any? = spanIDs { true } else { false }
    case .string, .bytes, .array, .map, .empty: if case .any? = bytes[type] { true } else { false }
    }
  }

  private func insertAll(_ column: EncodedColumn, _ candidates: RowBitmap, into matched: inout RowBitmap) {
    guard let rows = column.presence.rows else { return matched.formUnion(candidates) }
    for row in rows where candidates.contains(Int(row)) { matched.insert(Int(row)) }
  }

  private func insert(
    _ indices: [Int], _ column: EncodedColumn, _ candidates: RowBitmap, into matched: inout RowBitmap
  ) {
    if indices.isEmpty { return }
    let rows = column.presence.rows
    for index in indices {
      let row = rows.map { Int($0[index]) } ?? index
      if candidates.contains(row) { matched.insert(row) }
    }
  }
}

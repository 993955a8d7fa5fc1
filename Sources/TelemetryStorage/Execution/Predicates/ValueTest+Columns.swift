import TelemetryModel
import TelemetryStore

/// Tests of whole columns.
extension ValueTest {
  /// Values between looks at whether the query was cancelled, less one: a power of two.
  private static let checkMask = 1_023

  /// Inserts into `matched` the candidate rows whose value matches. Rows outside `candidates` may be skipped or not; the
  /// result is a subset of them.
  ///
  /// - Parameter control: when its query is cancelled the answer is not complete.
  func select(
    _ column: Column, candidates: RowBitmap, into matched: inout RowBitmap, _ control: QueryControl? = nil
  ) {
    var found = RowBitmap(none: candidates.rowCount)
    switch column.values {
    case .int64(let values):
      guard let test = column.key.type == .bool ? booleans : integers else { return }
      if case .range(let range) = test {
        selectRange(values, column.rows, range, into: &found)
      } else {
        let isBoolean = column.key.type == .bool
        forEachCandidate(column, candidates) { row, index in
          let isMatch =
            isBoolean
            ? ValueTest.matches(test, boolean: values[index] != 0) : ValueTest.matches(test, values[index])
          if isMatch { found.insert(row) }
        }
      }
    case .double(let values):
      guard let test = doubles else { return }
      forEachCandidate(column, candidates) { row, index in
        if ValueTest.matches(test, values[index]) { found.insert(row) }
      }
    case .traceIDs(let values):
      guard let test = traceIDs else { return }
      forEachCandidate(column, candidates) { row, index in
        if ValueTest.matches(test, values[index]) { found.insert(row) }
      }
    case .spanIDs(let values):
      guard let test = spanIDs else { return }
      forEachCandidate(column, candidates) { row, index in
        if ValueTest.matches(test, values[index]) { found.insert(row) }
      }
    case .bytes(let values):
      guard let test = bytes[column.key.type] else { return }
      selectBytes(values, column, test, candidates, into: &found, control)
    case .dictionary(let codes, let distinct):
      guard let test = bytes[column.key.type] else { return }
      let accepted = accepts(distinct, type: column.key.type, test)
      selectCodes(codes, column.rows, accepted, into: &found)
    }
    found.formIntersection(candidates)
    matched.formUnion(found)
  }

  /// Which of the distinct values match, by index.
  func accepts(_ distinct: BytesColumn, type: ValueType, _ test: BytesTest) -> [Bool] {
    var accepted = [Bool](repeating: false, count: distinct.count)
    if case .text(let matcher) = test, type == .string, let anchor = matcher.anchor {
      forEachMatch(matcher, anchor, distinct, nil) { accepted[$0] = true }
      return accepted
    }
    let arena = distinct.arena.span
    for index in 0..<distinct.count {
      accepted[index] = ValueTest.matches(test, arena.extracting(distinct.range(index)), type: type)
    }
    return accepted
  }

  private func selectBytes(
    _ values: BytesColumn, _ column: Column, _ test: BytesTest, _ candidates: RowBitmap, into found: inout RowBitmap,
    _ control: QueryControl?
  ) {
    // Searching the whole arena pays unless few of its values are asked for.
    if case .text(let matcher) = test, column.key.type == .string, let anchor = matcher.anchor,
      candidates.count * 8 >= candidates.rowCount
    {
      forEachMatch(matcher, anchor, values, control) { index in
        found.insert(column.rows.map { Int($0[index]) } ?? index)
      }
      return
    }
    var count = 0
    forEachCandidate(column, candidates) { row, index in
      count &+= 1
      if count & ValueTest.checkMask == 0, control?.isCancelled ?? false { count = -1 }
      if count < 0 { return }
      let value = values.arena.span.extracting(values.range(index))
      if ValueTest.matches(test, value, type: column.key.type) { found.insert(row) }
    }
  }

  /// Calls `body` with each value that matches, found by one search over the arena.
  private func forEachMatch(
    _ matcher: TextMatcher, _ anchor: ByteSearch, _ values: BytesColumn, _ control: QueryControl?,
    _ body: (Int) -> Void
  ) {
    let arena = values.arena.span
    var index = 0
    var position = 0
    let count = values.count
    var foundCount = 0
    while let found = anchor.first(in: arena, from: position) {
      foundCount &+= 1
      if foundCount & ValueTest.checkMask == 0, control?.isCancelled ?? false { return }
      // The value that holds the position: the first that ends beyond it.
      var step = 1
      var high = index
      while high < count, Int(values.endOffsets[high]) <= found {
        index = high + 1
        high += step
        step *= 2
      }
      high = min(high, count)
      while index < high {
        let middle = (index + high) / 2
        if Int(values.endOffsets[middle]) <= found { index = middle + 1 } else { high = middle }
      }
      guard index < count else { return }
      let range = values.range(index)
      if found + anchor.needle.count <= range.upperBound {
        if matcher.matchesAnchored(arena.extracting(range)) { body(index) }
        position = range.upperBound
      } else {
        position = found + 1
      }
    }
  }
}

/// Calls `body(row, index)` for each value of the column whose row is a candidate.
@inline(__always)
private func forEachCandidate(_ column: Column, _ candidates: RowBitmap, _ body: (Int, Int) -> Void) {
  if let rows = column.rows {
    for index in 0..<rows.count {
      let row = Int(rows[index])
      if candidates.contains(row) { body(row, index) }
    }
  } else {
    for (number, word) in candidates.words.enumerated() where word != 0 {
      var rest = word
      while rest != 0 {
        let row = number &<< 6 &+ rest.trailingZeroBitCount
        body(row, row)
        rest &= rest &- 1
      }
    }
  }
}

/// Rows whose integer lies in the range. Dense columns make 64 rows a word.
private func selectRange(
  _ values: [Int64], _ rows: [UInt32]?, _ range: ClosedRange<Int64>, into found: inout RowBitmap
) {
  let low = range.lowerBound
  let high = range.upperBound
  let span = values.span
  if let rows {
    var index = 0
    while index < span.count {
      let value = span[index]
      if value >= low, value <= high { found.insert(Int(rows[index])) }
      index &+= 1
    }
    return
  }
  var start = 0
  while start < span.count {
    var word: UInt64 = 0
    let count = min(64, span.count &- start)
    var bit = 0
    while bit < count {
      let value = span[start &+ bit]
      let isInside: UInt64 = (value >= low ? 1 : 0) & (value <= high ? 1 : 0)
      word |= isInside &<< UInt64(bit)
      bit &+= 1
    }
    found.insert(word: word, at: start &>> 6)
    start &+= 64
  }
}

/// Rows whose code is accepted.
func selectCodes(_ codes: [UInt32], _ rows: [UInt32]?, _ accepted: [Bool], into found: inout RowBitmap) {
  let span = codes.span
  let accepted = accepted.span
  if let rows {
    var index = 0
    while index < span.count {
      if accepted[Int(span[index])] { found.insert(Int(rows[index])) }
      index &+= 1
    }
    return
  }
  var start = 0
  while start < span.count {
    var word: UInt64 = 0
    let count = min(64, span.count &- start)
    var bit = 0
    while bit < count {
      let isAccepted: UInt64 = accepted[Int(span[start &+ bit])] ? 1 : 0
      word |= isAccepted &<< UInt64(bit)
      bit &+= 1
    }
    found.insert(word: word, at: start &>> 6)
    start &+= 64
  }
}

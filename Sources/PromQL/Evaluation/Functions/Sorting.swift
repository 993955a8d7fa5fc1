extension Evaluator {
  /// `sort`, `sort_desc` and their forms by label; the order matters at one time only.
  func sort(_ call: Call, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    if isRange { annotate(.sortInRangeQuery, at: call.range) }
    var matrix = try self.matrix(call.arguments[0], grid)
    let name = call.function.name
    if name == "sort" || name == "sort_desc" {
      for cell in matrix.kinds.indices where matrix.kinds[cell] == .histogram { matrix.clear(cell) }
      matrix = matrix.withoutEmptyRows()
      guard grid.count == 1 else { return matrix }
      let values = matrix.values
      return matrix.rows(
        Self.stablySorted(matrix.rowCount) { left, right in
          let (left, right) = (values[left], values[right])
          // NaN comes last in either direction.
          if left.isNaN || right.isNaN { return !left.isNaN && right.isNaN }
          return name == "sort" ? left < right : left > right
        })
    }
    guard grid.count == 1 else { return matrix }
    let names = call.arguments.dropFirst().map { string($0).text }
    let labels = matrix.labels
    let isDescending = name == "sort_by_label_desc"
    return matrix.rows(
      Self.stablySorted(matrix.rowCount) { left, right in
        for name in names {
          let (a, b) = (labels[left][name] ?? "", labels[right][name] ?? "")
          if a == b { continue }
          return NaturalOrder.precedes(a, b) != isDescending
        }
        return isDescending ? labels[right].precedes(labels[left]) : labels[left].precedes(labels[right])
      })
  }

  static func stablySorted(_ count: Int, _ precedes: (Int, Int) -> Bool) -> [Int] {
    (0..<count).sorted { left, right in
      if precedes(left, right) { return true }
      return !precedes(right, left) && left < right
    }
  }
}

/// Order of texts in which runs of digits count as numbers: `a9` before `a10`.
enum NaturalOrder {
  static func precedes(_ left: String, _ right: String) -> Bool {
    let (a, b) = (chunks(left), chunks(right))
    for (x, y) in zip(a, b) where x != y {
      if let m = UInt64(x), let n = UInt64(y) {
        if m != n { return m < n }
        return x.utf8.count < y.utf8.count
      }
      return x.utf8.lexicographicallyPrecedes(y.utf8)
    }
    return a.count < b.count
  }

  private static func chunks(_ text: String) -> [Substring] {
    var chunks: [Substring] = []
    var rest = text[...]
    while let first = rest.utf8.first {
      let isDigit = (0x30...0x39).contains(first)
      let end = rest.utf8.firstIndex { (0x30...0x39).contains($0) != isDigit } ?? rest.endIndex
      chunks.append(rest[..<end])
      rest = rest[end...]
    }
    return chunks
  }
}

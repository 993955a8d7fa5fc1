/// Range aggregations: `rate({…} | json [5m] offset 1h) by (x)`.
extension LogQLParser {
  /// What stands between the brackets of a range aggregation.
  private struct LogRange {
    var selection: LogSelection
    var range: Int64?
    var offset: Int64 = 0
  }

  mutating func rangeAggregation(_ function: RangeAggregation.Function) throws(LogQLError) -> RangeAggregation {
    let start = offset
    advance()
    try expect("(")
    var parameter: Double?
    if function == .quantile || isNumber {
      if !isSymbol("{"), !isSymbol("(") {
        parameter = try number()
        try expect(",")
      }
    }
    let content = try logRange()
    guard let range = content.range else { throw unexpected(expecting: "RANGE") }
    try expect(")")
    let grouping = try groupingIfPresent()
    let aggregation = RangeAggregation(
      function, parameter: parameter, selection: content.selection, range: range, offset: content.offset,
      grouping: grouping)
    try QueryChecker.check(aggregation, offset: start)
    return aggregation
  }

  private var isNumber: Bool {
    if case .number = current.kind { return true }
    return false
  }

  private mutating func logRange() throws(LogQLError) -> LogRange {
    var content: LogRange
    if isSymbol("(") {
      advance()
      content = try nested { (parser) throws(LogQLError) in try parser.logRange() }
      try expect(")")
    } else {
      content = LogRange(selection: LogSelection(try matchers()), range: nil)
    }
    while true {
      if case .range(let nanoseconds) = current.kind {
        if content.range != nil { throw unexpected() }
        content.range = nanoseconds
        advance()
        if isWord("offset") {
          advance()
          content.offset = try duration()
        }
      } else if let stage = try stageIfPresent(allowsUnwrap: true) {
        content.selection.stages.append(stage)
        try checkStageCount(content.selection)
      } else {
        return content
      }
    }
  }

  /// A duration with an optional sign.
  private mutating func duration() throws(LogQLError) -> Int64 {
    let isNegative = consume("-")
    switch current.kind {
    case .duration(let nanoseconds):
      advance()
      return isNegative ? -nanoseconds : nanoseconds
    case .number(0):
      advance()
      return 0
    default: throw unexpected(expecting: "DURATION")
    }
  }

  func checkStageCount(_ selection: LogSelection) throws(LogQLError) {
    guard selection.stages.count <= 1_000 else {
      throw .syntax(message: "the pipeline has more than 1000 stages", offset: offset)
    }
  }
}

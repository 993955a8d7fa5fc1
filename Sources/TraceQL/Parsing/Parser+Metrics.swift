/// The functions that make time series, and the stages after them.
extension TraceQLParser {
  /// A metrics function with its `by (…)`, if one stands here.
  mutating func metricsAggregate() throws(TraceQLError) -> MetricsAggregate? {
    guard case .word(let word) = token else { return nil }
    let start = offset
    guard let function = try metricsFunction(word) else { return nil }
    if case .compare = function { return MetricsAggregate(function: function, by: [], offset: start) }
    let by = takeWord("by") ? try attributeList() : []
    return MetricsAggregate(function: function, by: by, offset: start)
  }

  private mutating func metricsFunction(_ word: String) throws(TraceQLError) -> MetricsAggregate.Function? {
    switch word {
    case "rate":
      try emptyArguments()
      return .rate
    case "count_over_time":
      try emptyArguments()
      return .countOverTime
    case "min_over_time": return .minimumOverTime(try oneArgument())
    case "max_over_time": return .maximumOverTime(try oneArgument())
    case "avg_over_time": return .averageOverTime(try oneArgument())
    case "sum_over_time": return .sumOverTime(try oneArgument())
    case "histogram_over_time": return .histogramOverTime(try oneArgument())
    case "quantile_over_time": return try quantiles()
    case "compare": return .compare(try comparison())
    default: return nil
    }
  }

  private mutating func emptyArguments() throws(TraceQLError) {
    position += 1
    try expect("(")
    try expect(")")
  }

  private mutating func oneArgument() throws(TraceQLError) -> Attribute {
    position += 1
    try expect("(")
    let attribute = try requiredAttribute()
    try expect(")")
    return attribute
  }

  private mutating func quantiles() throws(TraceQLError) -> MetricsAggregate.Function {
    position += 1
    try expect("(")
    let attribute = try requiredAttribute()
    var quantiles: [Double] = []
    while take(",") {
      switch token {
      case .float(let number): quantiles.append(number)
      case .integer(let number): quantiles.append(Double(number))
      default: throw unexpected("a quantile")
      }
      position += 1
    }
    if quantiles.isEmpty { throw unexpected("',' and a quantile") }
    try expect(")")
    return .quantileOverTime(attribute, quantiles)
  }

  private mutating func comparison() throws(TraceQLError) -> MetricsAggregate.Comparison {
    position += 1
    try expect("(")
    let selection = try spansetFilter()
    var numbers: [Int64] = []
    let start = offset
    while take(",") {
      guard case .integer(let number) = token else { throw unexpected("a whole number") }
      position += 1
      numbers.append(number)
    }
    try expect(")")
    guard [0, 1, 3].contains(numbers.count) else {
      throw .syntax(message: "compare takes a filter, and a limit, and a start and an end", offset: start)
    }
    let window = numbers.count == 3 ? min(numbers[1], numbers[2])...max(numbers[1], numbers[2]) : nil
    return MetricsAggregate.Comparison(
      selection: selection, valueLimit: Int(clamping: numbers.first ?? 10), window: window, hasLimit: !numbers.isEmpty)
  }

  /// `topk(…)` or `bottomk(…)`, if one stands here.
  mutating func secondStage() throws(TraceQLError) -> SecondStage? {
    let start = offset
    let isTop = token == .word("topk")
    guard isTop || token == .word("bottomk") else { return nil }
    position += 1
    try expect("(")
    guard case .integer(let number) = token else { throw unexpected("a whole number") }
    position += 1
    try expect(")")
    let limit = Int(clamping: number)
    return isTop ? .top(limit, offset: start) : .bottom(limit, offset: start)
  }
}

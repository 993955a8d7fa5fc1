import TelemetryText

/// What the grammar cannot say: which functions take what, and whether texts inside the query are well-formed.
enum QueryChecker {
  /// A regular expression of the query.
  static func checkExpression(_ pattern: String, offset: Int) throws(LogQLError) {
    do throws(StageError) {
      _ = try StageError.compile(pattern, isAnchored: true)
    } catch {
      throw .syntax(message: error.message, offset: offset)
    }
  }

  /// A stage: its expressions, patterns and templates.
  static func check(_ stage: PipelineStage, offset: Int) throws(LogQLError) {
    do throws(StageError) {
      _ = try StageCompiler.stage(stage, demand: .all)
    } catch {
      throw .syntax(message: error.message, offset: offset)
    }
  }

  /// A selector: one matcher at least must leave out streams without the label.
  static func check(_ matchers: [StreamMatcher], offset: Int) throws(LogQLError) {
    for matcher in matchers {
      guard let test = try? TextTest(matcher) else { continue }
      if !test.holds("") { return }
    }
    throw .syntax(
      message: "queries require at least one regexp or equality matcher that does not have an empty-compatible value. "
        + "For instance, app=~\".*\" does not meet this requirement, but app=~\".+\" will",
      offset: offset)
  }

  /// A range aggregation.
  static func check(_ aggregation: RangeAggregation, offset: Int) throws(LogQLError) {
    let function = aggregation.function
    if aggregation.grouping != nil, !function.allowsGrouping {
      throw .syntax(message: "grouping not allowed for \(function.rawValue) aggregation", offset: offset)
    }
    let stages = aggregation.selection.stages
    if let index = stages.firstIndex(where: { if case .unwrap = $0 { true } else { false } }) {
      for stage in stages[(index + 1)...] {
        guard case .labelFilter = stage else {
          throw .syntax(message: "syntax error: only label filters may follow unwrap", offset: offset)
        }
      }
      guard function.allowsUnwrap else {
        throw .syntax(message: "invalid aggregation \(function.rawValue) with unwrap", offset: offset)
      }
    } else if function.needsUnwrap {
      throw .syntax(message: "invalid aggregation \(function.rawValue) without unwrap", offset: offset)
    }
    if function == .quantile, aggregation.parameter == nil {
      throw .syntax(message: "parameter required for operation quantile_over_time", offset: offset)
    }
    if function != .quantile, aggregation.parameter != nil {
      throw .syntax(message: "parameter not supported for operation \(function.rawValue)", offset: offset)
    }
  }

  /// A vector aggregation with its number of series, if it takes one.
  static func vectorAggregation(
    _ function: VectorAggregation.Function, parameter: String?, _ operand: SampleExpression, grouping: Grouping?,
    offset: Int
  ) throws(LogQLError) -> VectorAggregation {
    let name = function.rawValue
    guard function.takesCount else {
      if let parameter {
        throw .syntax(message: "unsupported parameter for operation \(name)(\(parameter),", offset: offset)
      }
      if grouping != nil, function == .sort || function == .sortDescending {
        throw .syntax(message: "grouping not allowed for \(name) aggregation", offset: offset)
      }
      return VectorAggregation(function, operand, grouping: grouping)
    }
    guard let parameter else { throw .syntax(message: "parameter required for operation \(name)", offset: offset) }
    guard let count = Int(parameter) else {
      throw .syntax(message: "invalid parameter \(name)(\(parameter),", offset: offset)
    }
    guard count > 0 else {
      throw .syntax(message: "invalid parameter (must be greater than 0) \(name)(\(parameter)", offset: offset)
    }
    if function == .approximateTopk, grouping != nil {
      throw .syntax(message: "grouping not allowed for \(name) aggregation", offset: offset)
    }
    return VectorAggregation(function, count: count, operand, grouping: grouping)
  }

  /// An operator with its two sides; two numbers become one at once.
  static func combine(
    _ found: BinaryOperation.Operator, _ left: LogQLExpression, _ right: LogQLExpression, returnsBool: Bool,
    matching: BinaryOperation.Matching?, offset: Int
  ) throws(LogQLError) -> SampleExpression {
    guard case .samples(let left) = left else {
      throw .syntax(
        message: "unexpected type for left leg of binary operation (\(found.rawValue)): log query", offset: offset)
    }
    guard case .samples(let right) = right else {
      throw .syntax(
        message: "unexpected type for right leg of binary operation (\(found.rawValue)): log query", offset: offset)
    }
    if found.isSetOperation {
      for (side, leg) in [("left", left), ("right", right)] {
        guard case .literal(let value) = leg else { continue }
        throw .syntax(
          message: "unexpected literal for \(side) leg of logical/set binary operation (\(found.rawValue)): "
            + GoNumber.fixedText(value, places: 6),
          offset: offset)
      }
    }
    if case .literal(let one) = left, case .literal(let other) = right {
      return .literal(found.apply(one, other, returnsBool: true) ?? 0)
    }
    return .binary(BinaryOperation(found, left, right, returnsBool: returnsBool, matching: matching))
  }
}

extension RangeAggregation.Function {
  fileprivate var allowsGrouping: Bool {
    switch self {
    case .average, .standardDeviation, .standardVariance, .quantile, .maximum, .minimum, .first, .last: true
    case .rate, .rateCounter, .count, .bytesRate, .bytes, .sum, .absent: false
    }
  }

  fileprivate var allowsUnwrap: Bool {
    switch self {
    case .count, .bytes, .bytesRate: false
    default: true
    }
  }

  fileprivate var needsUnwrap: Bool {
    switch self {
    case .count, .bytes, .bytesRate, .rate, .absent: false
    default: true
    }
  }
}

import TelemetryModel
import TelemetryStore

/// What an expression has become.
enum Value {
  /// One number a step.
  case scalar([Double])
  case string(String)
  case vector(StepMatrix)
}

/// One evaluation of a prepared query over samples that were read before it.
///
/// Used by one task at a time.
final class Evaluator {
  let query: String
  let expression: Expression
  let grid: StepGrid
  /// Milliseconds.
  let queryEnd: Int64
  /// Milliseconds; zero for a query at one time.
  let queryStep: Int64
  let isRange: Bool
  let options: EngineOptions
  /// Series by the number of the selector.
  var selected: [Int: [SelectedSeries]] = [:]
  /// What reading them cost, by the number of the selector.
  var statistics: [Int: QueryStatistics] = [:]
  /// Told what each expression cost, when somebody asks.
  var recorder: PlanRecorder?
  private var annotations = Annotations()
  private var sampleCount = 0
  private var byteCount = 0

  init(
    query: String, expression: Expression, grid: StepGrid, queryEnd: Int64, queryStep: Int64, isRange: Bool,
    options: EngineOptions
  ) {
    self.query = query
    self.expression = expression
    self.grid = grid
    self.queryEnd = queryEnd
    self.queryStep = queryStep
    self.isRange = isRange
    self.options = options
  }

  // MARK: Limits

  /// Counts samples that a selector has read.
  func charge(_ series: [SelectedSeries], for request: SampleRequest) throws(PromQLError) {
    for series in series {
      sampleCount += series.floats.count + series.histograms.count
      byteCount += series.floats.count * 16 + series.histograms.count * 256
    }
    try checkLimits(request.place)
  }

  /// How many samples more may be read.
  var remainingSamples: Int { max(0, min(options.sampleLimit - sampleCount, (options.byteLimit - byteCount) / 16)) }

  private func checkLimits(_ place: @autoclosure () -> String, moreSamples: Int = 0) throws(PromQLError) {
    guard sampleCount + moreSamples > options.sampleLimit || byteCount + moreSamples * 9 > options.byteLimit else {
      return
    }
    throw PromQLError(
      .limit, "query processing would load too many samples into memory in query execution: \(place())")
  }

  /// Refuses an operator whose result would not fit.
  func reserve(rows: Int, steps: Int, for expression: Expression) throws(PromQLError) {
    let (cells, isOverflow) = rows.multipliedReportingOverflow(by: steps)
    guard !isOverflow, cells < Int.max / 16 else { throw PromQLError(.limit, "too many samples") }
    try checkLimits(Self.name(of: expression), moreSamples: cells)
  }

  private static func name(of expression: Expression) -> String {
    switch expression {
    case .call(let call): "function \(call.function.name)"
    case .aggregate(let aggregate): "aggregation \(aggregate.operation.rawValue)"
    case .binary(let binary): "operator \(binary.operation.rawValue)"
    case .vectorSelector(let selector): "selector \(ExpressionText.selector(selector))"
    case .matrixSelector(let matrix): "selector \(ExpressionText.selector(matrix.selector))"
    case .subquery: "subquery"
    default: "expression"
    }
  }

  /// Samples that are looked at between two checks for cancellation: a millisecond's work at most.
  static let cancellationWork = 16_384

  /// Ends the evaluation when its task was cancelled.
  func checkCancellation() throws(PromQLError) {
    if Task.isCancelled { throw PromQLError(.cancelled, "query was canceled in query execution") }
  }

  // MARK: Errors and remarks

  func failure(_ message: String) -> PromQLError { PromQLError(.execution, message) }

  func annotate(_ annotation: Annotation, at range: SourceRange) {
    annotations.add(annotation, at: range, in: query)
  }

  func annotate(_ forced: ForcedMonotonicity, at range: SourceRange) { annotations.add(forced, at: range, in: query) }

  func finishedAnnotations() -> Annotations {
    annotations.finish()
    return annotations
  }

  // MARK: Expressions

  /// The value of an expression over a grid.
  func evaluate(_ expression: Expression, _ grid: StepGrid) throws(PromQLError) -> Value {
    try checkCancellation()
    let (samplesBefore, bytesBefore) = (sampleCount, byteCount)
    let started = recorder == nil ? 0 : ThreadClock.now()
    let value = try evaluateUncounted(expression, grid)
    recorder?.note(expression, value, nanoseconds: ThreadClock.now() - started)
    // Operands are gone when their operator is done; its result stays.
    (sampleCount, byteCount) = (samplesBefore, bytesBefore)
    if case .vector(let matrix) = value {
      sampleCount += matrix.kinds.count
      byteCount += matrix.byteCount
      try checkLimits(Self.name(of: expression))
    }
    return value
  }

  private func evaluateUncounted(_ expression: Expression, _ grid: StepGrid) throws(PromQLError) -> Value {
    switch expression {
    case .number(let literal): return .scalar(Array(repeating: literal.value, count: grid.count))
    case .string(let literal): return .string(literal.text)
    case .parentheses(let parentheses): return try evaluate(parentheses.expression, grid)
    case .stepInvariant(let inner):
      guard grid.count > 1 else { return try evaluate(inner, grid) }
      switch try evaluate(inner, grid.first) {
      case .scalar(let values): return .scalar(Array(repeating: values.first ?? .nan, count: grid.count))
      case .string(let text): return .string(text)
      case .vector(let matrix):
        try reserve(rows: matrix.rowCount, steps: grid.count, for: inner)
        return .vector(matrix.broadcast(to: grid.count))
      }
    case .vectorSelector(let selector): return .vector(try vector(selector, grid))
    case .unary(let unary): return try self.unary(unary, grid)
    case .binary(let binary): return try self.binary(binary, expression, grid)
    case .aggregate(let aggregate): return .vector(try self.aggregate(aggregate, expression, grid))
    case .call(let call): return try self.call(call, expression, grid)
    case .matrixSelector, .subquery:
      throw PromQLError(.parse, "range vectors stand only in function arguments", at: expression.range, in: query)
    }
  }

  /// The value of an expression that is a vector by its type.
  func matrix(_ expression: Expression, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    if case .vector(let matrix) = try evaluate(expression, grid) { return matrix }
    return StepMatrix(stepCount: grid.count)
  }

  /// The value of an expression that is a scalar by its type.
  func scalar(_ expression: Expression, _ grid: StepGrid) throws(PromQLError) -> [Double] {
    if case .scalar(let values) = try evaluate(expression, grid) { return values }
    return Array(repeating: .nan, count: grid.count)
  }

  /// The literal that an expression is.
  func string(_ expression: Expression) -> StringLiteral {
    if case .string(let literal) = expression.unwrapped { return literal }
    return StringLiteral(bytes: [], range: expression.range)
  }

  private func unary(_ unary: UnaryExpression, _ grid: StepGrid) throws(PromQLError) -> Value {
    switch try evaluate(unary.expression, grid) {
    case .scalar(let values): return .scalar(unary.isNegative ? values.map { -$0 } : values)
    case .string(let text): return .string(text)
    case .vector(var matrix):
      guard unary.isNegative else { return .vector(matrix) }
      for row in 0..<matrix.rowCount {
        matrix.dropsName[row] = true
        for cell in matrix.row(row) {
          switch matrix.kinds[cell] {
          case .absent: break
          case .float: matrix.values[cell] = -matrix.values[cell]
          case .histogram: matrix.set(cell, matrix.histogram(cell).multiplied(by: -1).compacted)
          }
        }
      }
      return .vector(matrix)
    }
  }

  /// The matrix with the metric names gone that no longer fit.
  func withoutDroppedNames(_ matrix: StepMatrix) throws(PromQLError) -> StepMatrix {
    var result = matrix
    for row in 0..<result.rowCount where result.dropsName[row] {
      result.labels[row] = result.labels[row].withoutMetadata
      result.dropsName[row] = false
    }
    return try unique(result)
  }

  /// The matrix with rows of the same labels joined.
  func unique(_ matrix: StepMatrix) throws(PromQLError) -> StepMatrix {
    guard let merged = matrix.merged() else {
      throw failure("vector cannot contain metrics with the same labelset")
    }
    return merged
  }
}

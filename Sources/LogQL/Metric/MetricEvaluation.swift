import TelemetryStore
import TelemetryText

/// One metric query under way.
struct MetricEvaluation {
  let engine: LogQLEngine
  let axis: StepAxis
  let isInstant: Bool
  var statistics = QueryStatistics()
  var memory: MemoryMeter

  init(engine: LogQLEngine, axis: StepAxis, isInstant: Bool) {
    self.engine = engine
    self.axis = axis
    self.isInstant = isInstant
    memory = MemoryMeter(engine.limits)
  }

  /// The value of an expression. The recursion is as deep as the query, which the parser bounds.
  mutating func evaluate(_ expression: SampleExpression) async throws(LogQLError) -> MetricValue {
    switch expression {
    case .literal(let value): return .scalar(value)
    case .constant(let value):
      return .series([MetricSeries(labels: .none, values: Array(repeating: value, count: axis.count))])
    case .range(let aggregation): return .series(try await evaluate(aggregation, grouping: aggregation.grouping))
    case .vector(let aggregation): return .series(try await evaluate(aggregation))
    case .binary(let operation):
      let left = try await evaluate(operation.left)
      let right = try await evaluate(operation.right)
      return try BinaryEvaluation.value(operation, left, right, stepCount: axis.count)
    case .labelReplace(let replacement): return .series(try await evaluate(replacement))
    }
  }

  /// The series of an expression; a number alone has none.
  private mutating func series(_ expression: SampleExpression) async throws(LogQLError) -> [MetricSeries] {
    switch try await evaluate(expression) {
    case .series(let series): return series
    case .scalar(let value):
      return [MetricSeries(labels: .none, values: Array(repeating: value, count: axis.count))]
    }
  }

  private mutating func evaluate(_ aggregation: VectorAggregation) async throws(LogQLError) -> [MetricSeries] {
    if aggregation.function == .approximateTopk, !isInstant {
      throw .evaluation("count_min_sketch / approx_topk is only supported on instant queries")
    }
    if let inner = aggregation.pushedRange {
      // The sum of sums is one sum: the lines are grouped at once, and labels that nobody asks for are never made.
      return try await evaluate(inner, grouping: aggregation.grouping ?? Grouping(isWithout: false, labels: []))
    }
    if let (inner, grouping) = aggregation.leadingRange, let count = aggregation.count, count > 0 {
      let operand = try await evaluate(inner, grouping: grouping, leadingCount: count)
      return VectorEvaluation.series(aggregation, operand, stepCount: axis.count)
    }
    let operand = try await series(aggregation.operand)
    return VectorEvaluation.series(aggregation, operand, stepCount: axis.count)
  }

  private mutating func evaluate(_ replacement: LabelReplacement) async throws(LogQLError) -> [MetricSeries] {
    let operand = try await series(replacement.operand)
    do throws(StageError) {
      let expression = try StageError.compile(replacement.expression, isAnchored: true)
      let names = expression.groupNames
      return operand.map { series in
        let text = Array((series.labels[replacement.source] ?? "").utf8)
        guard let groups = expression.firstMatch(in: text.span) else { return series }
        let value = ReplacementTemplate.expanded(replacement.replacement, groups: groups, names: names, in: text[...])
        return MetricSeries(
          labels: series.labels.setting(replacement.target, to: String(decoding: value, as: UTF8.self)),
          values: series.values)
      }
    } catch {
      throw .evaluation(error.message)
    }
  }
}

extension VectorAggregation {
  /// The range aggregation whose lines may be grouped by this aggregation's labels at once.
  var pushedRange: RangeAggregation? {
    guard function == .sum, case .range(let inner) = operand, inner.grouping == nil else { return nil }
    switch inner.function {
    case .rate, .count, .bytes, .bytesRate, .sum: return inner
    default: return nil
    }
  }

  /// The range aggregation of which this one keeps the largest series, and the labels that these have.
  var leadingRange: (RangeAggregation, Grouping?)? {
    guard function == .topk || function == .approximateTopk, grouping == nil else { return nil }
    switch operand {
    case .range(let inner) where inner.function == .count || inner.function == .rate: return (inner, inner.grouping)
    case .vector(let sum):
      guard let inner = sum.pushedRange, inner.function == .count || inner.function == .rate else { return nil }
      return (inner, sum.grouping ?? Grouping(isWithout: false, labels: []))
    default: return nil
    }
  }
}

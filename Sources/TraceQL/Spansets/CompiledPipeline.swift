/// A pipeline made ready: its expressions over spans are numbered, evaluated once a table and looked up by number.
struct CompiledPipeline: Sendable {
  indirect enum Spansets: Sendable {
    case filter(Int)
    case operation(SpansetOperator, Spansets, Spansets)
    case pipeline([CompiledStage])
  }

  enum CompiledStage: Sendable {
    case spansets(Spansets)
    case scalarFilter(Aggregation.Function, argument: Int?, name: String, FieldOperator, Static)
    case group(Int, name: String)
    case coalesce
  }

  /// The filters and arguments, by number.
  let expressions: [CompiledField]
  let stages: [CompiledStage]

  /// Compiles a checked pipeline.
  init(_ pipeline: Pipeline) {
    var expressions: [CompiledField] = []
    stages = CompiledPipeline.stages(pipeline, &expressions)
    self.expressions = expressions
  }

  private static func stages(_ pipeline: Pipeline, _ expressions: inout [CompiledField]) -> [CompiledStage] {
    var stages: [CompiledStage] = []
    for stage in pipeline.stages {
      switch stage {
      case .spansets(let inner): stages.append(.spansets(spansets(inner, &expressions)))
      case .group(let expression):
        stages.append(.group(number(expression, &expressions), name: "by(\(TraceQLPrinter.text(expression)))"))
      case .coalesce: stages.append(.coalesce)
      case .select: continue
      case .scalarFilter(let filter):
        guard case .aggregate(let aggregation, _) = filter.left, let limit = filter.right.constantValue else {
          continue
        }
        stages.append(
          .scalarFilter(
            aggregation.function, argument: aggregation.argument.map { number($0, &expressions) },
            name: TraceQLPrinter.text(aggregation), filter.comparison, limit))
      }
    }
    return stages
  }

  private static func spansets(_ expression: SpansetExpression, _ expressions: inout [CompiledField]) -> Spansets {
    switch expression {
    case .filter(let condition):
      let every = FieldExpression(.constant(.bool(true)), offset: 0)
      return .filter(number(condition ?? every, &expressions))
    case .operation(let spansets, let left, let right, _):
      return .operation(spansets, self.spansets(left, &expressions), self.spansets(right, &expressions))
    case .pipeline(let pipeline): return .pipeline(stages(pipeline, &expressions))
    }
  }

  private static func number(_ expression: FieldExpression, _ expressions: inout [CompiledField]) -> Int {
    expressions.append(CompiledField(expression))
    return expressions.count - 1
  }
}

extension ScalarExpression {
  /// The value of a scalar without aggregates.
  var constantValue: Static? {
    switch self {
    case .constant(let value, _): return value
    case .operation(let binary, let left, let right, _):
      guard let left = left.constantValue, let right = right.constantValue else { return nil }
      return Arithmetic.value(binary, left, right)
    case .aggregate, .pipeline: return nil
    }
  }
}

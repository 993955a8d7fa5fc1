internal import TelemetryModel
internal import TelemetryStore

/// How a pipeline is answered: what the store looks for, what is fetched, what is evaluated above.
struct SearchPlan: Sendable {
  let pipeline: CompiledPipeline
  /// Every span of an answer matches it.
  let candidates: PushedFilter
  /// The filter when the pipeline is nothing but filters of single spans; its inner nil takes every span.
  let flatFilter: FieldExpression??
  /// Fields that evaluation needs.
  let neededFields: [FieldReference]
  /// Attributes that a search answer tells of each span, in the order of the query.
  let shownAttributes: [Attribute]
  /// Whether other spans of the trace are needed to know that a span is in the answer.
  let needsTraces: Bool

  /// Plans a checked pipeline.
  ///
  /// - Parameter attributes: further attributes that will be read.
  init(_ pipeline: Pipeline, reading attributes: [Attribute] = []) {
    self.pipeline = CompiledPipeline(pipeline)
    candidates = SearchPlan.output(pipeline)
    flatFilter = SearchPlan.flat(pipeline)
    var selected: [Attribute] = []
    var read: [Attribute] = []
    SearchPlan.collect(pipeline, &selected, &read)
    var fields: [FieldReference] = []
    for attribute in selected + read + attributes {
      fields += attribute.neededFields.filter { !fields.contains($0) }
    }
    neededFields = fields
    var shown: [Attribute] = []
    for attribute in selected where !shown.contains(attribute) { shown.append(attribute) }
    shownAttributes = shown
    needsTraces = flatFilter == nil || (read + selected + attributes).contains(where: \.isOfTrace)
  }

  // MARK: Candidates

  private static func output(_ pipeline: Pipeline) -> PushedFilter {
    PushedFilter.all(
      pipeline.stages.compactMap { stage in
        if case .spansets(let expression) = stage { output(expression) } else { nil }
      })
  }

  private static func output(_ expression: SpansetExpression) -> PushedFilter {
    switch expression {
    case .filter(let condition): return PushedFilter(condition)
    case .pipeline(let pipeline): return output(pipeline)
    case .operation(let spansets, let left, let right, _):
      if spansets.relation != nil, spansets.form != .union { return output(right) }
      return PushedFilter.any([output(left), output(right)])
    }
  }

  // MARK: Flat filters

  private static func flat(_ pipeline: Pipeline) -> FieldExpression?? {
    var whole: FieldExpression??
    for stage in pipeline.stages {
      switch stage {
      case .select: continue
      case .spansets(let expression):
        guard let part = flat(expression) else { return nil }
        whole = whole.map { joined(.and, $0, part) } ?? .some(part)
      case .group, .coalesce, .scalarFilter: return nil
      }
    }
    return whole ?? .some(nil)
  }

  private static func flat(_ expression: SpansetExpression) -> FieldExpression?? {
    switch expression {
    case .filter(let condition): return .some(condition)
    case .pipeline(let pipeline): return flat(pipeline)
    case .operation(let spansets, let left, let right, _):
      guard spansets == .or, let left = flat(left), let right = flat(right) else { return nil }
      return joined(.or, left, right)
    }
  }

  /// Two filters as one; a filter that takes every span is nil.
  private static func joined(
    _ binary: FieldOperator, _ left: FieldExpression?, _ right: FieldExpression?
  ) -> FieldExpression? {
    guard let left else { return binary == .and ? right : nil }
    guard let right else { return binary == .and ? left : nil }
    return FieldExpression(.binary(binary, left, right), offset: left.offset)
  }

  // MARK: Attributes

  private static func collect(_ pipeline: Pipeline, _ selected: inout [Attribute], _ read: inout [Attribute]) {
    for stage in pipeline.stages {
      switch stage {
      case .spansets(let expression): collect(expression, &selected, &read)
      case .select(let attributes, _): selected += attributes
      case .group(let expression): read += expression.attributes
      case .coalesce: continue
      case .scalarFilter(let filter):
        if case .aggregate(let aggregation, _) = filter.left { read += aggregation.argument?.attributes ?? [] }
      }
    }
  }

  private static func collect(_ expression: SpansetExpression, _ selected: inout [Attribute], _ read: inout [Attribute])
  {
    switch expression {
    case .filter(let condition): selected += condition?.attributes ?? []
    case .pipeline(let pipeline): collect(pipeline, &selected, &read)
    case .operation(_, let left, let right, _):
      collect(left, &selected, &read)
      collect(right, &selected, &read)
    }
  }
}

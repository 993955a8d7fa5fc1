import TelemetryStore

/// Evaluates queries over a source of samples.
package struct Engine: Sendable {
  private let source: any SampleSource
  private let options: EngineOptions

  /// Times beyond it, in milliseconds, are refused, so that no offset takes them out of 64 bits.
  private static let timeLimit: Int64 = 1 << 60

  package init(source: any SampleSource, options: EngineOptions = EngineOptions()) {
    self.source = source
    self.options = options
  }

  /// Parses and checks a query.
  package static func parse(_ query: String) throws(PromQLError) -> Expression { try Parser.parse(query) }

  /// The value of a query at a time, in milliseconds since 1970.
  ///
  /// - Parameter explains: whether the result says how it came about.
  package func instant(
    _ query: String, at time: Int64, explains: Bool = false
  ) async throws(PromQLError) -> QueryResult {
    let evaluator = try await evaluator(query, start: time, end: time, step: 0, isRange: false)
    if explains { evaluator.recorder = PlanRecorder() }
    let data: QueryResult.Data
    switch evaluator.expression.unwrapped {
    case .matrixSelector, .subquery:
      let window = try evaluator.rangeWindow(evaluator.expression.unwrapped)
      data = .matrix(window.sorted { $0.labels.precedes($1.labels) })
    default:
      switch try evaluator.evaluate(evaluator.expression, evaluator.grid) {
      case .scalar(let values): data = .scalar(time: time, value: values.first ?? .nan)
      case .string(let text): data = .string(time: time, value: text)
      case .vector(let matrix):
        let result = try evaluator.withoutDroppedNames(matrix)
        data = .vector(
          (0..<result.rowCount).compactMap { row in
            result.sample(row).map {
              QueryResult.VectorSample(labels: result.labels[row], time: time, value: QueryResult.Value($0))
            }
          })
      }
    }
    return finished(data, evaluator)
  }

  /// The values of a query from `start` to `end`, all in milliseconds.
  ///
  /// - Parameter explains: whether the result says how it came about.
  package func range(
    _ query: String, start: Int64, end: Int64, step: Int64, explains: Bool = false
  ) async throws(PromQLError) -> QueryResult {
    guard step > 0, end >= start else {
      throw PromQLError(.execution, step > 0 ? "end timestamp must not be before start time" : "zero or negative step")
    }
    let evaluator = try await evaluator(query, start: start, end: end, step: step, isRange: true)
    if explains { evaluator.recorder = PlanRecorder() }
    let type = evaluator.expression.type
    guard type == .scalar || type == .vector else {
      throw PromQLError(
        .parse,
        "invalid expression type \(GoText.quoted(type.documented)) for range query, must be Scalar or instant Vector")
    }
    let grid = evaluator.grid
    switch try evaluator.evaluate(evaluator.expression, grid) {
    case .string: return finished(.matrix([]), evaluator)
    case .scalar(let values):
      let points = values.enumerated().map { QueryResult.Point(time: grid.time($0), value: .float($1)) }
      return finished(.matrix([QueryResult.Series(labels: .none, points: points)]), evaluator)
    case .vector(let matrix):
      let result = try evaluator.withoutDroppedNames(matrix)
      var series: [QueryResult.Series] = []
      for row in 0..<result.rowCount {
        var points: [QueryResult.Point] = []
        points.reserveCapacity(grid.count)
        for (step, cell) in result.row(row).enumerated() {
          guard let sample = result.sample(cell) else { continue }
          points.append(QueryResult.Point(time: grid.time(step), value: QueryResult.Value(sample)))
        }
        if !points.isEmpty { series.append(QueryResult.Series(labels: result.labels[row], points: points)) }
      }
      return finished(.matrix(series.sorted { $0.labels.precedes($1.labels) }), evaluator)
    }
  }

  private func finished(_ data: QueryResult.Data, _ evaluator: Evaluator) -> QueryResult {
    let plan = evaluator.recorder.map { recorder in
      recorder.plan(
        of: evaluator,
        requests: SelectionPlan(evaluator.expression, grid: evaluator.grid, options: options).requests)
    }
    return QueryResult(data: data, annotations: evaluator.finishedAnnotations(), plan: plan)
  }

  private func evaluator(
    _ query: String, start: Int64, end: Int64, step: Int64, isRange: Bool
  ) async throws(PromQLError) -> Evaluator {
    guard start > -Self.timeLimit, end < Self.timeLimit else {
      throw PromQLError(.execution, "time is out of range")
    }
    let parsed = try Parser.parse(query)
    var preparation = Preparation(query: query, start: start, end: end, step: step)
    let prepared = try preparation.prepare(parsed)
    let grid = isRange ? StepGrid(start: start, end: end, step: step) : StepGrid(start: start, step: 1, count: 1)
    let evaluator = Evaluator(
      query: query, expression: prepared, grid: grid, queryEnd: end, queryStep: step, isRange: isRange,
      options: options)
    try evaluator.reserve(rows: 1, steps: grid.count, for: prepared)
    let plan = SelectionPlan(prepared, grid: grid, options: options)
    var fetched: [String: Int] = [:]
    for (number, var request) in plan.requests.sorted(by: { $0.key < $1.key }) {
      if Task.isCancelled { throw PromQLError(.cancelled, "query was canceled in query execution") }
      let key = "\(request.start) \(request.end) \(request.matchers.map(\.text))"
      if let known = fetched[key] {
        evaluator.selected[number] = evaluator.selected[known]
        evaluator.statistics[number] = evaluator.statistics[known]
        continue
      }
      fetched[key] = number
      request.sampleLimit = evaluator.remainingSamples
      var selection = try await select(request)
      if selection.series.contains(where: { !$0.histograms.isEmpty }) {
        // Whether a histogram goes on from the one before it is known only when that one is read, too.
        let (start, isOverflow) = request.start.subtractingReportingOverflow(options.lookback)
        if !isOverflow {
          request.start = start
          selection = try await select(request)
        }
      }
      let selected = selection.series.map(SelectedSeries.init)
      try evaluator.charge(selected, for: request)
      evaluator.selected[number] = selected
      evaluator.statistics[number] = selection.statistics
    }
    return evaluator
  }

  /// What a selector finds; failures in the words of the engine.
  private func select(_ request: SampleRequest) async throws(PromQLError) -> SampleSelection {
    do {
      return try await source.selection(request)
    } catch let error as PromQLError {
      throw error
    } catch is CancellationError {
      throw PromQLError(.cancelled, "query was canceled in query execution")
    } catch StoreFailure.cancelled {
      throw PromQLError(.cancelled, "query was canceled in query execution")
    } catch StoreFailure.memoryExhausted(let operation, let limit) {
      throw PromQLError(
        .limit,
        "query processing would load too many samples into memory in query execution: \(request.place)"
          + " (\(operation), limit of \(limit) bytes)")
    } catch {
      throw PromQLError(.source, "\(error)")
    }
  }
}

extension QueryResult.Value {
  init(_ sample: Sample) {
    switch sample {
    case .float(let value): self = .float(value)
    case .histogram(let histogram): self = .histogram(histogram)
    }
  }
}

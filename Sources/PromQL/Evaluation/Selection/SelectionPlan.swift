/// What the selectors of a prepared query have to read.
struct SelectionPlan {
  private let options: EngineOptions
  /// By the number of the selector.
  private(set) var requests: [Int: SampleRequest] = [:]

  init(_ expression: Expression, grid: StepGrid, options: EngineOptions) {
    self.options = options
    visit(expression, grid)
  }

  private mutating func visit(_ expression: Expression, _ grid: StepGrid) {
    switch expression {
    case .vectorSelector(let selector): add(selector, grid, range: options.lookback)
    case .matrixSelector(let matrix):
      let lookback = matrix.selector.rangeExtension == nil ? 0 : options.lookback
      add(matrix.selector, grid, range: matrix.duration.milliseconds + lookback)
    case .subquery(let subquery):
      visit(subquery.expression, grid.subgrid(of: subquery, defaultStep: options.subqueryStep))
    case .stepInvariant(let inner): visit(inner, grid.first)
    case .call(let call) where call.function.name == "info":
      visit(call.arguments[0], grid)
      let path = InfoReferenceTime(call.arguments[0])
      let selector = InfoSelector(call)
      requests[InfoSelector.number(of: call)] = SampleRequest(
        matchers: selector.names + selector.labels, start: path(grid.start) - options.lookback + 1, end: path(grid.end))
    default: for child in expression.children { visit(child, grid) }
    }
  }

  private mutating func add(_ selector: VectorSelector, _ grid: StepGrid, range: Int64) {
    let reference = ReferenceTime(selector)
    let ahead = selector.rangeExtension == .smoothed ? options.lookback : 0
    requests[selector.number] = SampleRequest(
      matchers: selector.matchers, start: reference(grid.start) - range + 1, end: reference(grid.end) + ahead)
  }
}

/// The time at which `info` looks for information on series that its argument read at another time.
struct InfoReferenceTime {
  private var path: [ReferenceTime] = []

  init(_ expression: Expression) { _ = descend(expression) }

  private mutating func descend(_ expression: Expression) -> Bool {
    switch expression {
    case .vectorSelector(let selector):
      path.append(ReferenceTime(selector))
      return true
    case .subquery(let subquery):
      path.append(ReferenceTime(subquery))
      if descend(subquery.expression) { return true }
      path.removeLast()
      return false
    default:
      for child in expression.children where descend(child) { return true }
      return false
    }
  }

  func callAsFunction(_ time: Int64) -> Int64 { path.reduce(time) { $1($0) } }
}

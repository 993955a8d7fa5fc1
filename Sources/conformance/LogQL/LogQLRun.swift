import LogQL
import TelemetryText

/// Runs one script: each evaluation over the memtable, and again over parts.
struct LogQLRun {
  private(set) var passed = 0
  private(set) var total = 0
  private(set) var failures: [String] = []

  mutating func run(_ script: LogQLScript) async throws {
    var store = try await LogQLStore.open()
    var pending: [LogQLScript.Evaluation] = []
    for command in script.commands {
      switch command {
      case .clear:
        try await check(pending, store)
        pending = []
        await store.close()
        store = try await LogQLStore.open()
      case .load(let entries):
        if !pending.isEmpty {
          try await check(pending, store)
          pending = []
        }
        try store.push(entries)
      case .evaluate(let evaluation): pending.append(evaluation)
      }
    }
    try await check(pending, store)
    await store.close()
  }

  private mutating func check(_ evaluations: [LogQLScript.Evaluation], _ store: LogQLStore) async throws {
    guard !evaluations.isEmpty else { return }
    var problems: [String?] = []
    for evaluation in evaluations { problems.append(await LogQLRun.problem(evaluation, store)) }
    try await store.flush()
    for (index, evaluation) in evaluations.enumerated() {
      let later = await LogQLRun.problem(evaluation, store)
      total += 1
      if problems[index] == nil, later == nil { passed += 1 }
      if let problem = problems[index] ?? later.map({ "over parts: " + $0 }) {
        failures.append("line \(evaluation.lineNumber): \(evaluation.query)\n    \(problem)")
      }
    }
  }

  /// What is wrong with the answer; nil when it is as expected.
  private static func problem(_ evaluation: LogQLScript.Evaluation, _ store: LogQLStore) async -> String? {
    let expectation = evaluation.expectation
    let series: [MetricSeries]
    do throws(LogQLError) {
      series = try await answer(evaluation, store)
    } catch {
      let message = error.text(in: evaluation.query)
      guard expectation.fails else { return "failed: \(message)" }
      if let expected = expectation.message, !message.contains(expected) {
        return "expected a failure with \(expected)\n    got \(message)"
      }
      if let pattern = expectation.pattern,
        let expression = try? RegularExpression(pattern, isAnchored: false), !expression.matches(message)
      {
        return "expected a failure that matches \(pattern)\n    got \(message)"
      }
      return nil
    }
    let got = series.map { ($0.labels, $0.values) }
    let expected = expectation.series.map { one in
      (LabelSet(one.labels.map { LabelSet.Label($0.name, $0.value) }), one.values)
    }
    if expectation.fails { return "expected a failure\n    got \(text(got))" }
    return isSame(expected, got, isOrdered: expectation.isOrdered)
      ? nil : "expected \(text(expected))\n    got      \(text(got))"
  }

  private static func answer(
    _ evaluation: LogQLScript.Evaluation, _ store: LogQLStore
  ) async throws(LogQLError) -> [MetricSeries] {
    let query = try LogQLQuery(evaluation.query)
    guard case .samples(let expression) = query.expression else { throw .evaluation("not a metric query") }
    let start = LogQLStore.origin + evaluation.start
    let axis =
      evaluation.step.map { step in
        StepAxis(start: start, step: step, count: Int((evaluation.end - evaluation.start) / step) + 1)
      } ?? StepAxis(at: start)
    let engine = LogQLEngine(store: store.store)
    switch try await engine.evaluate(expression, axis: axis, isInstant: evaluation.step == nil).value {
    case .series(let series): return series
    case .scalar(let value):
      return [MetricSeries(labels: .none, values: Array(repeating: value, count: axis.count))]
    }
  }

  private static func isSame(
    _ expected: [(LabelSet, [Double?])], _ got: [(LabelSet, [Double?])], isOrdered: Bool
  ) -> Bool {
    guard expected.count == got.count else { return false }
    let left = isOrdered ? expected : expected.sorted { LabelSet.isBefore($0.0, $1.0) }
    let right = isOrdered ? got : got.sorted { LabelSet.isBefore($0.0, $1.0) }
    return zip(left, right).allSatisfy { one, other in
      one.0 == other.0 && one.1.count == other.1.count && zip(one.1, other.1).allSatisfy(isSame)
    }
  }

  private static func isSame(_ left: Double?, _ right: Double?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    if left.isNaN || right.isNaN { return left.isNaN && right.isNaN }
    if left == right { return true }
    return abs(left - right) <= 1e-9 * max(abs(left), abs(right))
  }

  private static func text(_ series: [(LabelSet, [Double?])]) -> String {
    if series.isEmpty { return "nothing" }
    return series.map { labels, values in
      labels.text + " " + values.map { $0.map { GoNumber.plainText($0) } ?? "_" }.joined(separator: " ")
    }.joined(separator: "; ")
  }
}

import PromQL
import TelemetryText

/// Compares an answer with what a script expects.
struct PromQLComparison {
  private let evaluation: PromQLEvaluation

  init(_ evaluation: PromQLEvaluation) { self.evaluation = evaluation }

  /// What is wrong with an answer; nil when nothing is.
  func complaint(about result: QueryResult) -> String? {
    complaintAboutAnnotations(result.annotations)
      ?? complaint(about: result.data).map {
        "\($0); got \(Self.text(result.data))"
      }
  }

  private func complaintAboutAnnotations(_ annotations: Annotations) -> String? {
    func check(_ found: [String], _ expected: [PromQLEvaluation.TextExpectation], _ kind: String) -> String? {
      for expectation in expected where !found.contains(where: { Self.matches($0, expectation) }) {
        return "expected \(kind) \(expectation), got \(found)"
      }
      if !expected.isEmpty,
        let other = found.first(where: { text in !expected.contains { Self.matches(text, $0) } })
      {
        return "unexpected \(kind): \(other)"
      }
      return nil
    }
    if evaluation.forbidsWarnings, let warning = annotations.warnings.first { return "unexpected warning: \(warning)" }
    if evaluation.forbidsInfos, let info = annotations.infos.first { return "unexpected info: \(info)" }
    return check(annotations.warnings, evaluation.warnings, "warning")
      ?? check(annotations.infos, evaluation.infos, "info")
  }

  /// Whether a text is the expected one.
  static func matches(_ text: String, _ expectation: PromQLEvaluation.TextExpectation) -> Bool {
    switch expectation {
    case .any: true
    case .message(let message): text == message
    case .pattern(let pattern): (try? RegularExpression(pattern, isAnchored: false))?.matches(text) ?? false
    }
  }

  private func complaint(about data: QueryResult.Data) -> String? {
    switch data {
    case .string(_, let text):
      return text == evaluation.string ? nil : "expected string \(evaluation.string ?? "none")"
    case .scalar(_, let value):
      guard let expected = evaluation.scalar else { return "expected no scalar" }
      return Self.isAlmostEqual(expected, value) ? nil : "expected \(expected)"
    case .vector(let samples):
      if evaluation.scalar != nil { return "expected a scalar" }
      return complaint(about: samples.map { ($0.labels, $0.value) })
    case .matrix(let series):
      let grid = evaluation.rangeVector ?? (evaluation.start, evaluation.end, evaluation.step ?? 1)
      return complaint(about: series, grid: grid)
    }
  }

  /// What is wrong with one step of a range query whose answer at one time is expected.
  func complaint(aboutStep time: Int64, of series: [QueryResult.Series]) -> String? {
    let samples = series.compactMap { series in
      series.points.first { $0.time == time }.map { (series.labels, $0.value) }
    }
    if let scalar = evaluation.scalar {
      guard case .float(let value)? = samples.first?.1 else { return "expected \(scalar)" }
      return Self.isAlmostEqual(scalar, value) ? nil : "expected \(scalar), got \(value)"
    }
    return complaint(about: samples).map { "\($0); got \(Self.text(.matrix(series)))" }
  }

  private func complaint(about samples: [(labels: Labels, value: QueryResult.Value)]) -> String? {
    for (index, expected) in evaluation.series.enumerated() {
      guard let item = expected.items.first else { return "expectation without value" }
      guard let place = samples.firstIndex(where: { $0.labels == expected.labels }) else {
        return "missing \(expected.labels.text)"
      }
      if evaluation.isOrdered, place != index { return "\(expected.labels.text) stands at \(place), expected \(index)" }
      if let complaint = Self.complaint(samples[place].value, expected: item) {
        return "\(expected.labels.text): \(complaint)"
      }
    }
    if let other = samples.first(where: { sample in !evaluation.series.contains { $0.labels == sample.labels } }) {
      return "unexpected \(other.labels.text)"
    }
    return samples.count == evaluation.series.count ? nil : "expected \(evaluation.series.count) samples"
  }

  private func complaint(
    about series: [QueryResult.Series], grid: (start: Int64, end: Int64, step: Int64)
  ) -> String? {
    for expected in evaluation.series {
      let points = series.first { $0.labels == expected.labels }?.points ?? []
      var expectedTimes: Set<Int64> = []
      for (index, item) in expected.items.enumerated() {
        let time = grid.start + Int64(index) * grid.step
        if case .absent = item { continue }
        expectedTimes.insert(time)
        guard let point = points.first(where: { $0.time == time }) else {
          return "missing \(expected.labels.text) at \(time)"
        }
        if let complaint = Self.complaint(point.value, expected: item) {
          return "\(expected.labels.text) at \(time): \(complaint)"
        }
      }
      if let other = points.first(where: { !expectedTimes.contains($0.time) }) {
        return "unexpected \(expected.labels.text) at \(other.time)"
      }
    }
    if let other = series.first(where: { series in !evaluation.series.contains { $0.labels == series.labels } }) {
      return "unexpected \(other.labels.text)"
    }
    return nil
  }

  private static func complaint(_ value: QueryResult.Value, expected: SeriesDescription.Item) -> String? {
    switch (value, expected) {
    case (.float(let value), .float(let expected)):
      return isAlmostEqual(expected, value) ? nil : "expected \(expected), got \(value)"
    case (.histogram(let value), .histogram(let expected, let hasHint)):
      if hasHint, value.resetHint != expected.resetHint {
        return "expected hint \(expected.resetHint), got \(value.resetHint)"
      }
      return isAlmostEqual(expected.compacted, value.compacted)
        ? nil : "expected \(expected.text) schema \(expected.schema), got \(value.text) schema \(value.schema)"
    default: return "expected \(expected), got \(value)"
    }
  }

  private static func isAlmostEqual(_ left: NativeHistogram, _ right: NativeHistogram) -> Bool {
    func same(_ left: [Double], _ right: [Double]) -> Bool {
      left.count == right.count && zip(left, right).allSatisfy { isAlmostEqual($0, $1) }
    }
    return left.schema == right.schema && isAlmostEqual(left.count, right.count)
      && isAlmostEqual(left.sum, right.sum) && left.customBounds == right.customBounds
      && left.zeroThreshold == right.zeroThreshold && isAlmostEqual(left.zeroCount, right.zeroCount)
      && left.positiveSpans == right.positiveSpans && left.negativeSpans == right.negativeSpans
      && same(left.positiveBuckets, right.positiveBuckets) && same(left.negativeBuckets, right.negativeBuckets)
  }

  /// Equal up to one part in a million.
  static func isAlmostEqual(_ left: Double, _ right: Double) -> Bool {
    if left.isNaN || right.isNaN { return left.isNaN && right.isNaN }
    if left == right { return true }
    let sum = left.magnitude + right.magnitude
    let difference = (left - right).magnitude
    if left == 0 || right == 0 || sum < .leastNormalMagnitude {
      return difference < 1e-6 * Double.leastNormalMagnitude
    }
    return difference / min(sum, .greatestFiniteMagnitude) < 1e-6
  }

  /// An answer in one line.
  static func text(_ data: QueryResult.Data) -> String {
    func text(_ value: QueryResult.Value) -> String {
      switch value {
      case .float(let value): GoText.general(value)
      case .histogram(let histogram): "\(histogram.text)/\(histogram.schema)/\(histogram.customBounds)"
      }
    }
    switch data {
    case .scalar(_, let value): return GoText.general(value)
    case .string(_, let value): return GoText.quoted(value)
    case .vector(let samples): return samples.map { "\($0.labels.text) \(text($0.value))" }.joined(separator: ", ")
    case .matrix(let series):
      return series.map { series in
        "\(series.labels.text) \(series.points.map { "\(text($0.value))@\($0.time)" }.joined(separator: " "))"
      }.joined(separator: ", ")
    }
  }
}

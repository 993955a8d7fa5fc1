import PromQL
import TelemetryText

/// Where scripts load their series and queries find them.
protocol ScriptSampleStore {
  /// Forgets everything.
  mutating func clear() async throws
  /// Adds samples: series by labels with times in milliseconds.
  mutating func load(_ series: [LoadedSeries]) async throws
  /// What the engine reads.
  var source: any SampleSource { get }
}

/// Samples of a series to be loaded, in order of time.
struct LoadedSeries {
  /// A sample.
  enum Value {
    case float(Double)
    case histogram(NativeHistogram)
  }

  var labels: Labels
  var samples: [(time: Int64, value: Value)]
}

/// Runs scripts: loads series, evaluates queries and compares the answers.
struct PromQLScriptRunner<Store: ScriptSampleStore> {
  /// What came of a script.
  struct Report {
    var passed = 0
    var total = 0
    var failures: [String] = []
  }

  private var store: Store

  init(store: Store) { self.store = store }

  /// Runs a whole script.
  mutating func run(_ text: String) async throws -> Report {
    var report = Report()
    for command in try PromQLScriptReader.commands(of: text) {
      switch command {
      case .clear: try await store.clear()
      case .load(let step, let series, let withCustomBuckets):
        var loaded = series.map { Self.loaded($0, step: step) }
        if withCustomBuckets { loaded += CustomBucketConversion.histograms(of: loaded) }
        try await store.load(loaded)
      case .eval(let evaluation):
        report.total += 1
        if let complaint = await complaint(about: evaluation) {
          report.failures.append("\(evaluation.line): \(evaluation.query)\n  \(complaint)")
        } else {
          report.passed += 1
        }
      }
    }
    return report
  }

  private static func loaded(_ description: SeriesDescription, step: Int64) -> LoadedSeries {
    var samples: [(time: Int64, value: LoadedSeries.Value)] = []
    for (index, item) in description.items.enumerated() {
      let time = Int64(index) * step
      switch item {
      case .absent: break
      case .float(let value): samples.append((time, .float(value)))
      case .stale: samples.append((time, .float(StaleMarker.value)))
      case .histogram(let histogram, _): samples.append((time, .histogram(histogram)))
      }
    }
    return LoadedSeries(labels: description.labels, samples: samples)
  }

  /// What is wrong with the answer; nil when nothing is.
  private func complaint(about evaluation: PromQLEvaluation) async -> String? {
    var options = EngineOptions()
    options.subqueryStep = 60_000
    let engine = Engine(source: store.source, options: options)
    do throws(PromQLError) {
      let comparison = PromQLComparison(evaluation)
      let result: QueryResult
      if let step = evaluation.step {
        result = try await engine.range(evaluation.query, start: evaluation.start, end: evaluation.end, step: step)
      } else {
        result = try await engine.instant(evaluation.query, at: evaluation.start)
      }
      if evaluation.failure != nil { return "expected a failure, got \(PromQLComparison.text(result.data))" }
      if let complaint = comparison.complaint(about: result) { return complaint }
      guard evaluation.step == nil, !evaluation.isOrdered, !Self.dependsOnQuery(evaluation.query) else { return nil }
      switch result.data {
      case .matrix, .string: return nil
      case .scalar, .vector: break
      }
      let time = evaluation.start
      let range = try await engine.range(evaluation.query, start: time - 60_000, end: time + 60_000, step: 60_000)
      guard case .matrix(let series) = range.data else { return "range query without matrix" }
      return comparison.complaint(aboutStep: time, of: series).map { "as a range query: \($0)" }
    } catch {
      guard let expected = evaluation.failure else { return "failed: \(error)" }
      return PromQLComparison.matches(error.description, expected) || PromQLComparison.matches(error.message, expected)
        ? nil : "expected failure \(expected), got \(error)"
    }
  }

  /// Functions that answer otherwise in a range query.
  private static func dependsOnQuery(_ query: String) -> Bool {
    ["step()", "range()", "start()", "end()"].contains { query.lowercased().contains($0) }
  }
}

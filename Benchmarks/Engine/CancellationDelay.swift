import ArgumentParser
import EmbeddedStore
import LogQL
import PromQL
import TelemetryModel
import TraceQL

/// How long questions go on after they were cancelled, at random times while they work.
struct CancellationDelay: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancellation", abstract: "Cancels questions and measures until they end.",
    discussion:
      "Wall time, which a busy machine lengthens, and the processor time of all threads in it, which it does not.")

  @OptionGroup var folder: StoreFolder
  @Option(help: "First time of logs and spans, seconds since 1970.") var start: Int64
  @Option(help: "Last time.") var end: Int64
  @Option(help: "First time of points.") var metricsStart: Int64
  @Option(help: "Cancelled rounds of each question.") var rounds = 200

  private static let second: Int64 = 1_000_000_000

  /// From a cancellation to the end of its question, milliseconds.
  private struct Delay {
    let wall: Double
    let processor: Double
  }

  /// One question of a language.
  private struct Question: Sendable {
    let text: String
    let ask: @Sendable () async throws -> Void
  }

  func run() async throws {
    let store = try await folder.open()
    var all: [Delay] = []
    for question in try questions(store) {
      var duration = 0.0
      for _ in 0..<2 { duration = try await CancellationDelay.milliseconds { try await question.ask() } }
      var delays: [Delay] = []
      while delays.count < rounds {
        if let delay = await delay(question, within: duration) { delays.append(delay) }
      }
      all += delays
      print("whole \(rounded(duration)) ms, cancelled \(summary(delays)): \(question.text)")
    }
    print("all \(all.count) rounds: \(summary(all))")
    await store.close()
  }

  private func questions(_ store: EmbeddedStore) throws -> [Question] {
    try [
      #"{service_name=~".+"} |~ "z[0-9]+q""#, #"{service_name=~".+"} | json | zone="z""#,
      #"sum by (service_name) (count_over_time({service_name=~".+"}[1m]))"#,
      #"topk(10, sum by (user_id) (count_over_time({service_name=~".+"} | user_id != "" [6h])))"#,
      #"sum(count_over_time({service_name=~".+"} |~ "[a-z]+ took 1[0-9]*ms" [6h]))"#,
    ].map { try logs($0, store) }
      + [
        "histogram_quantile(0.99, sum by (le, http_route) (rate(http_server_request_duration_seconds_bucket[5m])))",
        "sum by (service_name) (rate(app_requests_total[5m]))",
      ].map { metrics($0, store) }
      + [
        "{ duration > 1ms } >> { status = error && span.nothing = 1 }",
        "{} | quantile_over_time(duration, .95) by (resource.service.name)",
      ].map { try spans($0, store) }
  }

  private func logs(_ text: String, _ store: EmbeddedStore) throws -> Question {
    let engine = LogQLEngine(store: store)
    let expression = try LogQLQuery(text).expression
    let range = TimeRange(start: start * CancellationDelay.second, end: end * CancellationDelay.second)
    let axis = StepAxis(
      start: range.start, step: 60 * CancellationDelay.second, count: Int((end - start) / 60) + 1)
    return Question(text: text) {
      switch expression {
      case .lines(let selection):
        _ = try await engine.lines(selection, range: range, direction: .backward, lineLimit: 100)
      case .samples(let samples):
        let isInstant = text.contains("[6h]")
        _ = try await engine.evaluate(
          samples, axis: isInstant ? StepAxis(at: range.end) : axis, isInstant: isInstant)
      }
    }
  }

  private func metrics(_ text: String, _ store: EmbeddedStore) -> Question {
    let engine = Engine(source: MetricsView(store))
    let (first, last) = (metricsStart * 1000, end * 1000)
    return Question(text: text) { _ = try await engine.range(text, start: first, end: last, step: 60_000) }
  }

  private func spans(_ text: String, _ store: EmbeddedStore) throws -> Question {
    let engine = TraceQLEngine(store)
    let root = try TraceQLEngine.query(text).root
    let range = TimeRange(start: start * CancellationDelay.second, end: end * CancellationDelay.second)
    let times = try MetricsRequest(start: range.start, end: range.end, step: 60 * CancellationDelay.second)
    return Question(text: text) {
      switch root {
      case .search(let pipeline): _ = try await engine.search(pipeline, SearchRequest(range: range))
      case .metrics(let expression): _ = try await engine.metrics(expression, times)
      }
    }
  }

  /// Cancels a question while it works; nil when it was over before.
  private func delay(_ question: Question, within duration: Double) async -> Delay? {
    let task = Task { () -> (ContinuousClock.Instant, Int64) in
      _ = try? await question.ask()
      return (.now, ProcessorTime.now())
    }
    try? await Task.sleep(for: .microseconds(Int64(Double.random(in: 0.02...0.9) * duration * 1000)))
    let (cancelled, processor) = (ContinuousClock.now, ProcessorTime.now())
    task.cancel()
    let (ended, processorAtEnd) = await task.value
    guard ended > cancelled else { return nil }
    return Delay(
      wall: CancellationDelay.milliseconds(cancelled.duration(to: ended)),
      processor: Double(processorAtEnd - processor) / 1_000_000)
  }

  private static func milliseconds(_ body: () async throws -> Void) async rethrows -> Double {
    let started = ContinuousClock.now
    try await body()
    return milliseconds(started.duration(to: .now))
  }

  private static func milliseconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) * 1000 + Double(duration.components.attoseconds) / 1e15
  }

  private func summary(_ delays: [Delay]) -> String {
    "wall \(summary(delays.map(\.wall))), processor \(summary(delays.map(\.processor)))"
  }

  private func summary(_ values: [Double]) -> String {
    let sorted = values.sorted()
    func at(_ share: Double) -> Double {
      sorted.isEmpty ? 0 : rounded(sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))])
    }
    return "median \(at(0.5)), 99th percentile \(at(0.99)), longest \(at(1)) ms"
  }

  private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

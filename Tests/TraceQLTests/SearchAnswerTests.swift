import Foundation
import QueryTestSupport
import TelemetryModel
import TelemetryStore
import Testing
import TraceQL

@Suite("Answers of searches")
struct SearchAnswerTests {
  private static let queriesPerStore = Int(ProcessInfo.processInfo.environment["TRACEQL_QUERIES"] ?? "") ?? 40

  @Test(
    "random queries over random traces answer as the naive evaluator, however the spans are stored", arguments: 1...3)
  func answers(seed: UInt64) async throws {
    var traces = RandomTraces(seed: seed)
    let rows = traces.spans(traceCount: 40)
    let naive = NaiveEvaluator(rows)
    let layouts = try await StoreLayouts(rows, &traces.generator)
    var queries = RandomQuery(seed: seed)
    var answered = 0
    for number in 0..<SearchAnswerTests.queriesPerStore {
      let text = queries.search()
      guard let query = try? TraceQLEngine.query(text), case .search(let pipeline) = query.root else { continue }
      let range = number % 3 == 0 ? SearchAnswerTests.part(of: rows, &traces.generator) : TimeRange.all
      let expected = SearchAnswerTests.expected(naive, pipeline, range)
      var orders: [[TraceID]] = []
      for (name, store) in layouts.stores {
        let answer = try await TraceQLEngine(store).search(
          pipeline, SearchRequest(range: range, traceLimit: 1_000, spanLimit: 1_000))
        let got = Dictionary(uniqueKeysWithValues: answer.traces.map { ($0.id, SearchAnswerTests.spansets($0)) })
        #expect(got == expected, "seed \(seed), \(name): \(text)")
        #expect(answer.completeness == .complete)
        orders.append(answer.traces.map(\.id))
        let few = try await TraceQLEngine(store).search(pipeline, SearchRequest(range: range, traceLimit: 3))
        #expect(few.traces.map(\.id) == Array(orders[0].prefix(3)), "the newest come first: seed \(seed), \(text)")
      }
      #expect(Set(orders).count == 1, "seed \(seed): \(text)")
      if !expected.isEmpty { answered += 1 }
    }
    await layouts.close()
    #expect(answered > SearchAnswerTests.queriesPerStore / 4, "enough of the queries find something")
  }

  private static func part(of rows: [FixtureRow], _ generator: inout SeededGenerator) -> TimeRange {
    let times = [generator.pick(rows).start, generator.pick(rows).start].sorted()
    return TimeRange(start: times[0], end: times[1] + 1)
  }

  private static func expected(
    _ naive: NaiveEvaluator, _ pipeline: Pipeline, _ range: TimeRange
  ) -> [TraceID: [NaiveEvaluator.Spanset]] {
    var answer: [TraceID: [NaiveEvaluator.Spanset]] = [:]
    for (id, spans) in naive.traces {
      let sets = naive.spansets(pipeline, id)
      let starts = Dictionary(uniqueKeysWithValues: spans.map { ($0.id, $0.start) })
      if sets.contains(where: { $0.spans.contains { range.contains(starts[$0] ?? 0) } }) { answer[id] = sets }
    }
    return answer
  }

  private static func spansets(_ match: TraceMatch) -> [NaiveEvaluator.Spanset] {
    match.spansets.map { set in
      NaiveEvaluator.Spanset(
        spans: set.spans.map(\.id),
        attributes: Dictionary(
          set.attributes.map { ($0.name, TraceQLPrinter.text($0.value)) }, uniquingKeysWith: { $1 }))
    }
  }

  @Test("an answer tells root, duration, services, attributes and how many spans matched")
  func shapes() async throws {
    let second: Int64 = 1_000_000_000
    let store = NaiveStore([
      FixtureRow.batch(
        .spans,
        [
          .span("front", "GET /", trace: 1, id: 1, start: 10 * second, duration: 2 * second),
          .span(
            "cart", "read", trace: 1, id: 2, parent: 1, start: 11 * second, duration: 3 * second, isError: true,
            [Attribute("db.rows", .int(7))]),
          .span("cart", "orphan", trace: 2, id: 3, parent: 9, start: 12 * second, duration: second),
        ])
    ])
    let engine = TraceQLEngine(store)
    guard case .search(let pipeline) = try TraceQLEngine.query("{ } | select(.db.rows, status)").root else { return }
    let answer = try await engine.search(pipeline, SearchRequest(spanLimit: 1))
    #expect(answer.traces.map(\.id.low) == [2, 1])
    let whole = try #require(answer.traces.last)
    #expect(whole.rootName == "GET /" && whole.rootServiceName == "front")
    #expect(whole.start == 10 * second && whole.duration == 4 * second)
    #expect(whole.services.map(\.name) == ["cart", "front"] && whole.services.map(\.errorCount) == [1, 0])
    #expect(whole.spansets.first?.matchedCount == 2 && whole.spansets.first?.spans.count == 1)
    #expect(answer.traces.first?.rootName == nil, "the root has not come")
    guard case .search(let rows) = try TraceQLEngine.query("{ .db.rows > 3 }").root else { return }
    let found = try await engine.search(rows, SearchRequest())
    let attributes = try #require(found.traces.first?.spansets.first?.spans.first?.attributes)
    #expect(attributes.map(\.attribute) == [.named(.any, "db.rows")] && attributes.map(\.value) == [.int(7)])
  }

  @Test("a query that would hold too much memory, or is cancelled, ends in a typed error")
  func limits() async throws {
    let rows = (1...200).map { number in
      FixtureRow.span("front", "work", trace: UInt64(number), id: 1, start: Int64(number), duration: 5)
    }
    let store = NaiveStore([FixtureRow.batch(.spans, rows)])
    guard case .search(let pipeline) = try TraceQLEngine.query("{ } >> { }").root,
      case .metrics(let metrics) = try TraceQLEngine.query("{ } | rate() by (trace:id)").root
    else { return }
    await #expect {
      _ = try await TraceQLEngine(store, memoryLimit: 2_000).search(pipeline, SearchRequest())
    } throws: { error in
      guard case .memoryExhausted(let operation, 2_000)? = error as? TraceQLError else { return false }
      return operation.contains("trace")
    }
    await #expect {
      let request = try MetricsRequest(start: 0, end: 1_000, step: 1)
      _ = try await TraceQLEngine(store, memoryLimit: 10_000).metrics(metrics, request)
    } throws: { error in
      guard case .memoryExhausted(let operation, _)? = error as? TraceQLError else { return false }
      return operation.contains("series")
    }
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      _ = try await TraceQLEngine(store).search(pipeline, SearchRequest())
    }
    await #expect(throws: TraceQLError.store(.cancelled)) { try await task.value }
  }

  @Test("parents that form a ring end in an answer")
  func rings() async throws {
    let rows = [
      FixtureRow.span("a", "one", trace: 1, id: 1, parent: 3, start: 1, duration: 1),
      FixtureRow.span("a", "two", trace: 1, id: 2, parent: 1, start: 2, duration: 1),
      FixtureRow.span("a", "three", trace: 1, id: 3, parent: 2, start: 3, duration: 1),
      FixtureRow.span("a", "self", trace: 1, id: 4, parent: 4, start: 4, duration: 1),
    ]
    guard case .search(let pipeline) = try TraceQLEngine.query("{ name = \"one\" } >> { }").root else { return }
    let answer = try await TraceQLEngine(NaiveStore([FixtureRow.batch(.spans, rows)])).search(pipeline, SearchRequest())
    #expect(answer.traces.first?.spansets.first?.spans.map(\.name) == ["two", "three"])
  }
}

import Foundation
import QueryTestSupport
import TelemetryModel
import TelemetryStore
import Testing
import TraceQL

@Suite("Answers of metrics queries")
struct MetricsAnswerTests {
  private static let queriesPerStore = Int(ProcessInfo.processInfo.environment["TRACEQL_QUERIES"] ?? "") ?? 40

  @Test(
    "random functions over random traces answer as the naive evaluator, however the spans are stored",
    arguments: 11...12)
  func answers(seed: UInt64) async throws {
    var traces = RandomTraces(seed: seed)
    let rows = traces.spans(traceCount: 40)
    let naive = NaiveEvaluator(rows)
    let layouts = try await StoreLayouts(rows, &traces.generator)
    var queries = RandomQuery(seed: seed)
    var answered = 0
    for number in 0..<MetricsAnswerTests.queriesPerStore {
      let text = queries.metrics()
      guard let query = try? TraceQLEngine.query(text),
        case .metrics(.aggregate(let pipeline, let aggregate)) = query.root
      else { continue }
      let first = RandomTraces.start + (number % 2 == 0 ? 0 : 7_123_456_789)
      let request = try MetricsRequest(
        start: first, end: first + 50_000_000_000, step: number % 3 == 0 ? 9_000_000_000 : 60_000_000_000)
      let oracle = NaiveMetrics(naive: naive, start: request.start, end: request.end, step: request.step)
      let expected = oracle.series(pipeline, aggregate)
      for (name, store) in layouts.stores {
        let answer = try await TraceQLEngine(store).metrics(.aggregate(pipeline, aggregate), request)
        compare(MetricsAnswerTests.samples(answer, request), expected, aggregate, "seed \(seed), \(name): \(text)")
      }
      if !expected.isEmpty { answered += 1 }
    }
    await layouts.close()
    #expect(answered > MetricsAnswerTests.queriesPerStore / 4)
  }

  /// Samples that are not zero: counts are told for every interval of a series.
  private static func samples(_ answer: MetricsAnswer, _ request: MetricsRequest) -> [String: [Int64: Double]] {
    var result: [String: [Int64: Double]] = [:]
    for series in answer.series {
      let labels = series.labels.filter { $0.name != "__name__" }.map { label in
        "\(label.name)=\(TraceQLPrinter.text(label.value))"
      }
      for (index, value) in series.values.enumerated() where !value.isNaN {
        result[labels.joined(separator: ","), default: [:]][request.time(index)] = value
      }
    }
    return result
  }

  private func compare(
    _ got: [String: [Int64: Double]], _ expected: [String: [Int64: Double]], _ aggregate: MetricsAggregate,
    _ comment: String
  ) {
    // Quantiles come from a histogram whose buckets are 2.2 % wide.
    var tolerance = 1e-9
    if case .quantileOverTime = aggregate.function { tolerance = 0.0115 }
    let isCount =
      switch aggregate.function {
      case .rate, .countOverTime, .histogramOverTime: true
      default: false
      }
    #expect(Set(got.keys) == Set(expected.keys), "\(comment)")
    for (labels, samples) in got {
      for (time, value) in samples {
        guard let wanted = expected[labels]?[time] else {
          #expect(isCount && value == 0, "\(comment): \(labels) has \(value) at \(time)")
          continue
        }
        let isNear = abs(value - wanted) <= tolerance * max(1e-9, abs(wanted))
        #expect(isNear, "\(comment): \(labels) has \(value) instead of \(wanted)")
      }
      for time in (expected[labels] ?? [:]).keys { #expect(samples[time] != nil, "\(comment): \(labels)") }
    }
  }

  private func series(_ text: String, step: Int64 = 10) async throws -> [String: [Double]] {
    var rows: [FixtureRow] = []
    for number: Int64 in 1...20 {
      rows.append(
        .span(
          number % 4 == 0 ? "pay" : "front", number % 2 == 0 ? "even" : "odd", trace: UInt64(number), id: 1,
          start: number, duration: number * 1_000_000_000, isError: number % 5 == 0, [Attribute("n", .int(number))]))
    }
    guard case .metrics(let expression) = try TraceQLEngine.query(text).root else { return [:] }
    let request = try MetricsRequest(start: 0, end: 20, step: step)
    let answer = try await TraceQLEngine(NaiveStore([FixtureRow.batch(.spans, rows)])).metrics(expression, request)
    var result: [String: [Double]] = [:]
    for series in answer.series {
      let labels = series.labels.map { "\($0.name)=\(TraceQLPrinter.text($0.value))" }
      result[labels.joined(separator: ",")] = series.values
    }
    return result
  }

  @Test("intervals are open on the left, and series of counts have a sample in each")
  func intervals() async throws {
    #expect(try await series("{ } | count_over_time()") == ["__name__=\"count_over_time\"": [10, 10]])
    #expect(try await series("{ .n <= 10 } | count_over_time()") == ["__name__=\"count_over_time\"": [10, 0]])
    #expect(try await series("{ } | rate()", step: 20) == ["__name__=\"rate\"": [20 / 20e-9]])
  }

  @Test("series are added, scaled, ranked and filtered")
  func arithmetic() async throws {
    let halves = try await series(
      "({ } | count_over_time() by (name)) / ({ status = error } | count_over_time() by (name))")
    #expect(halves == ["name=\"even\"": [5, 5], "name=\"odd\"": [5, 5]])
    #expect(
      try await series("100 * ({ .n > 15 } | count_over_time()) - 1") == ["__name__=\"count_over_time\"": [-1, 499]])
    let top = try await series("{ } | sum_over_time(.n) by (name) | topk(1)")
    #expect(Set(top.keys) == ["name=\"even\""] && top["name=\"even\""] == [30, 80])
    let few = try await series("{ } | count_over_time() by (resource.service.name) > 5")
    #expect(few["resource.service.name=\"front\""] == [8, 7] && few.count == 1)
    let long = try await series("{ } | max_over_time(duration) > 15s")
    #expect(long.values.first?[0].isNaN == true && long.values.first?[1] == 20)
    let none = try await series("({ } | rate()) + ({ name = \"none\" } | rate())")
    #expect(none.isEmpty, "what has no counterpart is left out")
  }

  @Test("compare tells the values of the selection and of the rest, most frequent first")
  func compare() async throws {
    let found = try await series("{ } | compare({ status = error }, 1)", step: 20)
    #expect(found["__meta_type=\"selection\",name=\"even\""] == [2])
    #expect(found["__meta_type=\"baseline\",resource.service.name=\"front\""] == [12])
    #expect(found["__meta_type=\"baseline_total\",span.n=nil"] == [16])
    #expect(found["__meta_type=\"selection\",resource.service.name=\"pay\""] == nil, "one value alone was asked for")
  }

  @Test("a plain filter is answered by the store alone, anything else says what is left")
  func plans() throws {
    func plan(_ text: String) throws -> [String] { TraceQLEngine.explain(try TraceQLEngine.query(text)) }
    let pushed = try plan("{ span.a = 1 && duration > 1s } | rate() by (resource.service.name)")
    #expect(pushed.count == 1 && pushed[0].hasPrefix("aggregate in the store: rate by resource.service.name"))
    #expect(try plan("{ childCount > 1 } | rate()").contains { $0.hasPrefix("evaluate above the store: the whole") })
    let scan = try plan("{ span.a = 1 } >> { name = \"x\" && .b + 1 > 2 }")
    #expect(scan[0].contains("name = \"x\"") && scan[0].contains("b exists") && !scan[0].contains("attribute.a"))
  }
}

import PromQL
import Testing

@testable import conformance

@Suite("PromQL engine")
struct EngineTests {
  private static func store(series: Int, samples: Int) -> MemorySampleStore {
    var store = MemorySampleStore()
    store.load(
      (0..<series).map { index in
        LoadedSeries(
          labels: Labels([.init(Labels.metricName, "m"), .init("i", String(index))]),
          samples: (0..<samples).map { (Int64($0) * 1000, .float(Double($0))) })
      })
    return store
  }

  @Test("a query beyond its budget ends in an error that names the operator")
  func budget() async throws {
    var options = EngineOptions()
    options.sampleLimit = 50
    let engine = Engine(source: Self.store(series: 10, samples: 10), options: options)
    let selected = await #expect(throws: PromQLError.self) { _ = try await engine.instant("sum(m[1m:1s])", at: 9000) }
    #expect(selected?.code == .parse)
    let fetched = await #expect(throws: PromQLError.self) { _ = try await engine.instant("sum(m)", at: 9000) }
    #expect(fetched?.code == .limit && fetched?.message.contains("selector {__name__=\"m\"}") == true)
    options.sampleLimit = 150
    let narrow = Engine(source: Self.store(series: 10, samples: 10), options: options)
    _ = try await narrow.instant("sum(m)", at: 9000)
    let wide = await #expect(throws: PromQLError.self) {
      _ = try await narrow.range("rate(m[5s])", start: 0, end: 9000, step: 500)
    }
    #expect(wide?.code == .limit && wide?.message.contains("rate") == true)
  }

  @Test("a cancelled query stops")
  func cancellation() async throws {
    let engine = Engine(source: Self.store(series: 10, samples: 10))
    let task = Task { () async throws -> QueryResult in
      while !Task.isCancelled { await Task.yield() }
      return try await engine.instant("sum(m)", at: 9000)
    }
    task.cancel()
    let error = await #expect(throws: PromQLError.self) { _ = try await task.value }
    #expect(error?.code == .cancelled)
  }

  @Test("answers have their types")
  func types() async throws {
    let engine = Engine(source: Self.store(series: 2, samples: 10))
    guard case .scalar(9000, 3) = try await engine.instant("1 + 2", at: 9000).data else {
      Issue.record("scalar")
      return
    }
    guard case .string(9000, "x") = try await engine.instant("\"x\"", at: 9000).data else {
      Issue.record("string")
      return
    }
    guard case .vector(let samples) = try await engine.instant("m", at: 9000).data else {
      Issue.record("vector")
      return
    }
    #expect(samples.count == 2)
    guard case .matrix(let series) = try await engine.instant("m[3s]", at: 9000).data else {
      Issue.record("matrix")
      return
    }
    #expect(series.map(\.points.count) == [3, 3])
    let error = await #expect(throws: PromQLError.self) {
      _ = try await engine.range("m[3s]", start: 0, end: 9000, step: 1000)
    }
    #expect(error?.message.hasPrefix("invalid expression type \"range vector\" for range query") == true)
  }

  @Test(
    "numbers are written as Go writes them",
    arguments: [
      (0.0, "0", "0"), (-0.5, "-0.5", "-0.5"), (1e21, "1000000000000000000000", "1e+21"), (100, "100", "100"),
      (1_234_567, "1234567", "1.234567e+06"), (0.00001, "0.00001", "1e-05"), (.infinity, "+Inf", "+Inf"),
      (.nan, "NaN", "NaN"), (123.456, "123.456", "123.456"),
      (5e-324, "0." + String(repeating: "0", count: 323) + "5", "5e-324"),
    ])
  func numbers(value: Double, plain: String, general: String) {
    #expect(GoText.plain(value) == plain)
    #expect(GoText.general(value) == general)
  }
}

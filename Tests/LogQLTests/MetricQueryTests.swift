import TelemetryModel
import Testing

@testable import LogQL

@Suite("Metric queries")
struct MetricQueryTests {
  /// Lines of a few streams with numbers and metadata.
  private static func lines(seed: UInt64) -> [PushedLine] {
    var generator = SeededGenerator(seed: seed)
    return (0..<Int.random(in: 20...120, using: &generator)).map { _ in
      PushedLine(
        stream: [
          "app": ["a", "b"].randomElement(using: &generator) ?? "a",
          "pod": "\(Int.random(in: 0..<3, using: &generator))",
        ],
        line: "v=\(Int.random(in: 0..<50, using: &generator)) "
          + (["ok", "error"].randomElement(using: &generator) ?? ""),
        second: Int.random(in: 0..<200, using: &generator),
        metadata: Bool.random(using: &generator) ? ["k": "\(Int.random(in: 0..<2, using: &generator))"] : [:])
    }
  }

  private static func number(_ line: PushedLine) -> Double {
    Double(line.line.dropFirst(2).prefix { $0 != " " }) ?? 0
  }

  /// What a window function gives by looking at every line for every step.
  private static func naive(
    _ lines: [PushedLine], by names: [String], start: Int, end: Int, step: Int, range: Int,
    _ function: ([PushedLine]) -> Double
  ) -> [String] {
    let steps = Array(stride(from: start, through: end, by: step))
    var series: [LabelSet: [Double?]] = [:]
    for (index, time) in steps.enumerated() {
      let inside = lines.filter { $0.second > time - range && $0.second <= time }
      for (labels, members) in Dictionary(
        grouping: inside,
        by: { line in
          LabelSet(
            line.stream.merging(line.metadata) { $1 }.filter { names.contains($0.key) }.map {
              LabelSet.Label($0.key, $0.value)
            })
        })
      {
        series[labels, default: Array(repeating: nil, count: steps.count)][index] = function(members)
      }
    }
    return series.sorted { LabelSet.isBefore($0.key, $1.key) }.map { labels, values in
      labels.text + " " + values.map { $0.map { GoNumber.plainText($0) } ?? "_" }.joined(separator: " ")
    }
  }

  @Test("pushed down and row by row give what a look at every line gives", arguments: 0..<12 as Range<UInt64>)
  func windows(seed: UInt64) async throws {
    let lines = MetricQueryTests.lines(seed: seed)
    let engine = try PushedLogs.engine(lines)
    var generator = SeededGenerator(seed: seed &+ 1_000)
    let (start, step, range) = (
      Int.random(in: 0...60, using: &generator), Int.random(in: 1...40, using: &generator),
      Int.random(in: 1...90, using: &generator)
    )
    let end = start + step * Int.random(in: 0...6, using: &generator)
    for names in [["app"], ["app", "pod"], ["pod", "k"], []] {
      let by = "by (\(names.joined(separator: ", ")))"
      let errors = lines.filter { $0.line.hasSuffix("error") }
      let counted = MetricQueryTests.naive(errors, by: names, start: start, end: end, step: step, range: range) {
        Double($0.count)
      }
      let pushed = #"sum \#(by) (count_over_time({app=~".+"} |= "error" [\#(range)s]))"#
      #expect(try await engine.series(pushed, at: start, to: end, step: step) == counted, "seed \(seed)")
      let scanned =
        #"sum \#(by) (sum_over_time({app=~".+"} |= "error" | label_format one="1" | unwrap one [\#(range)s]))"#
      #expect(try await engine.series(scanned, at: start, to: end, step: step) == counted, "seed \(seed)")
      let summed = MetricQueryTests.naive(lines, by: names, start: start, end: end, step: step, range: range) {
        $0.reduce(0) { $0 + MetricQueryTests.number($1) }
      }
      let unwrapped = #"sum \#(by) (sum_over_time({app=~".+"} | logfmt | unwrap v [\#(range)s]))"#
      #expect(try await engine.series(unwrapped, at: start, to: end, step: step) == summed, "seed \(seed)")
      let largest = MetricQueryTests.naive(lines, by: names, start: start, end: end, step: step, range: range) {
        $0.map(MetricQueryTests.number).max() ?? 0
      }
      let maximum = #"max_over_time({app=~".+"} | logfmt | unwrap v [\#(range)s]) \#(by)"#
      #expect(try await engine.series(maximum, at: start, to: end, step: step) == largest, "seed \(seed)")
    }
  }

  @Test(
    "operators",
    arguments: [
      ("1 + 2 * 3 ^ 2", ["19"]), ("vector(1) + vector(1)", ["{} 2"]), ("vector(1) / 0", ["{} NaN"]),
      ("5 % 3 == bool 2", ["1"]),
      (#"count_over_time({app="a"}[1m]) > 1"#, [#"{app="a", pod="0"} 2"#]),
      (#"count_over_time({app="a"}[1m]) > bool 1"#, [#"{app="a", pod="0"} 1"#, #"{app="a", pod="1"} 0"#]),
      (
        #"sum by (pod) (count_over_time({app="a"}[1m])) / on (pod) sum by (pod) (count_over_time({app="b"}[1m]))"#,
        [#"{pod="0"} 2"#]
      ),
      (
        #"count_over_time({app="a"}[1m]) * on (app) group_left sum by (app) (count_over_time({app="a"}[1m]))"#,
        [#"{app="a", pod="0"} 6"#, #"{app="a", pod="1"} 3"#]
      ),
      (
        #"sum by (app) (count_over_time({app="a"}[1m])) * on (app) group_right () count_over_time({app="a"}[1m])"#,
        [#"{app="a", pod="0"} 6"#, #"{app="a", pod="1"} 3"#]
      ),
      (
        #"sum by (pod) (count_over_time({app="a"}[1m])) and sum by (pod) (count_over_time({app="b"}[1m]))"#,
        [#"{pod="0"} 2"#]
      ),
      (
        #"sum by (pod) (count_over_time({app="a"}[1m])) unless sum by (pod) (count_over_time({app="b"}[1m]))"#,
        [#"{pod="1"} 1"#]
      ),
      (
        #"sum by (pod) (count_over_time({app="b"}[1m])) or sum by (pod) (count_over_time({app="a"}[1m]))"#,
        [#"{pod="0"} 1"#, #"{pod="1"} 1"#]
      ),
      (#"topk(1, count_over_time({app=~".+"}[1m]))"#, [#"{app="a", pod="0"} 2"#]),
      (#"absent_over_time({app="none"}[1m])"#, [#"{app="none"} 1"#]), (#"absent_over_time({app="a"}[1m])"#, []),
      (#"bytes_over_time({app="b"}[1m])"#, [#"{app="b", pod="0"} 5"#]),
    ])
  func operators(_ query: String, expected: [String]) async throws {
    let engine = try PushedLogs.engine([
      PushedLine(stream: ["app": "a", "pod": "0"], line: "one", second: 1),
      PushedLine(stream: ["app": "a", "pod": "0"], line: "two", second: 2),
      PushedLine(stream: ["app": "a", "pod": "1"], line: "three", second: 3),
      PushedLine(stream: ["app": "b", "pod": "0"], line: "fours", second: 4),
    ])
    #expect(try await engine.series(query, at: 30) == expected)
  }

  @Test("the largest series are found among more than a query may have, and lines are groups like labels")
  func groupsOfTheStore() async throws {
    var lines: [PushedLine] = []
    for user in 0..<30 {
      for number in 0...user % 7 {
        lines.append(
          PushedLine(stream: ["app": "a"], line: "line \(user % 2)", second: number, metadata: ["user": "u\(user)"]))
      }
    }
    lines.append(PushedLine(stream: ["app": "a"], line: "", second: 9))
    var limits = LogQLLimits()
    limits.series = 8
    let engine = try PushedLogs.engine(lines, limits: limits)
    let counted = #"(count_over_time({app="a"} | user!="" [1m]))"#
    #expect(
      try await engine.series("topk(2, sum by (user) \(counted))", at: 30) == [
        #"{user="u13"} 7"#, #"{user="u20"} 7"#,
      ])
    await #expect(throws: LogQLError.self) { try await engine.series("sum by (user) \(counted)", at: 30) }
    await #expect(throws: LogQLError.self) {
      try await engine.series("topk(2, sum by (user) \(counted))", at: 30, to: 60, step: 10)
    }
    let even = lines.filter { $0.line == "line 0" }.count
    func byLine(_ stages: String) -> String {
      #"sum by (text, app) (count_over_time({app="a"} | label_format text="{{__line__}}" \#(stages) [1m]))"#
    }
    let expected = [
      #"{app="a", text=""} 1"#, #"{app="a", text="line 0"} \#(even)"#,
      #"{app="a", text="line 1"} \#(lines.count - even - 1)"#,
    ]
    #expect(try await engine.series(byLine(""), at: 30) == expected)
    // The same row by row: another stage stands behind.
    #expect(try await engine.series(byLine(#"| text!="none""#), at: 30) == expected)
    let plan = try await engine.explain(
      try LogQLQuery(byLine("")).expression, axis: StepAxis(at: PushedLogs.time(30)),
      range: TimeRange(start: PushedLogs.time(0), end: PushedLogs.time(30)))
    #expect(plan.last == "  above: nothing")
  }

  @Test("the plan says what the store does")
  func explain() async throws {
    let engine = try PushedLogs.engine(MetricQueryTests.lines(seed: 1))
    let query = try LogQLQuery(
      #"sum by (app) (rate({app="a"} |= "x" | k="1" [5m])) / sum(rate({app="a"} | logfmt | v > 1 [5m]))"#)
    let lines = try await engine.explain(
      query.expression, axis: StepAxis(start: PushedLogs.time(0), step: 60_000_000_000, count: 10),
      range: TimeRange(start: PushedLogs.time(0), end: PushedLogs.time(600)))
    #expect(lines[3] == #"  store: count in buckets of 1m by (resource.app) where app="a" and |= "x" and | k="1""#)
    #expect(lines[4] == "  above: nothing")
    #expect(lines.last == "  above: | logfmt | v > 1")
  }
}

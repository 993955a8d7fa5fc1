import QueryCore
import TelemetryModel
import TelemetryStore
import Testing

@Suite struct GroupTableTests {
  @Test("groups come largest first, are cut with a count, and get one number per aggregate and time")
  func groups() throws {
    let range = TimeRange(start: 0, end: 20_000_000_000)
    let axis = TimeAxis(range: range, step: 10_000_000_000)
    let plan = try AggregatePlan("count,rate,p50(duration),avg(duration),errors", signal: .spans)
    #expect(plan.aggregates.count == 4, "count and rate share a state")
    var partial = PartialAggregates()
    for (service, bucket, durations) in [("a", 0, [1.0]), ("b", 0, [2.0, 4.0]), ("b", 1, [6.0]), ("c", 1, [1.0])] {
      var histogram = HistogramState()
      for duration in durations { histogram.add(duration) }
      partial.groups[GroupKey(values: [.string(service)], timeBucket: Int64(bucket))] = [
        .count(UInt64(durations.count)), .histogram(histogram),
        .sum(total: durations.reduce(0, +), count: UInt64(durations.count)),
        .count(1),
      ]
    }
    let table = GroupTable(partial, plan: plan, groupBy: try GroupBy("service"), axis: axis, range: range, limit: 2)
    #expect(table.groups.map(\.key) == [[.string("b")], [.string("a")]] && table.otherGroups == 1)
    #expect(table.groups[0].values[0] == [.int(2), .int(1)])
    #expect(table.groups[0].values[1] == [.double(0.2), .double(0.1)])
    #expect(table.groups[0].values[3] == [.double(3), .double(6)])
    #expect(table.groups[1].values[0] == [.int(1), .int(0)] && table.groups[1].values[3] == [.double(1), nil])
    #expect(table.groups[1].values[4] == [.int(1), .int(0)])
  }

  @Test("severity_range unites the numbers of a range, and enumerations show their words")
  func words() throws {
    var partial = PartialAggregates()
    for (value, count) in [(AttributeValue.int(17), 2), (.int(18), 3), (.int(9), 1)] as [(AttributeValue, UInt64)] {
      partial.groups[GroupKey(values: [value])] = [.count(count)]
    }
    partial.groups[GroupKey(values: [nil])] = [.count(1)]
    let plan = try AggregatePlan("count", signal: .logs)
    let table = GroupTable(
      partial, plan: plan, groupBy: try GroupBy("severity_range"), axis: nil, range: TimeRange(start: 0, end: 1),
      limit: 10)
    #expect(table.groups.map(\.key) == [[.string("error")], [.string("info")], [.string("unset")]])
    #expect(table.groups[0].values == [[.int(5)]])
    #expect(try GroupBy("status").shown([nil]) == [.string("unset")])
    #expect(try GroupBy("kind").shown([.int(2)]) == [.string("server")])
  }
}

import Hummingbird
import QueryCore
import TelemetryModel
import TelemetryStore

/// `logs/aggregate` and `traces/aggregate`.
struct AggregateEndpoint: Sendable {
  let environment: APIEnvironment
  let signal: Signal

  func response(_ request: Request, _ context: APIContext) async throws -> Response {
    let question = try Question(request, environment)
    if signal == .spans, let text = question.parameters["heatmap"] {
      return try heatmap(question, FieldReference(text: text), context)
    }
    let groupBy = try GroupBy(question.parameters["by"])
    let plan = try AggregatePlan(question.parameters["agg"] ?? "count", signal: signal)
    let axis = try question.axis()
    let limit = try question.parameters.integer("limit", default: 1_000, in: 1...10_000)
    let request = AggregateRequest(
      signal: signal, timeRange: question.range, predicate: question.predicate, groupBy: groupBy.fields,
      timeBucket: axis.map { TimeBucket(width: $0.step) }, aggregates: plan.aggregates)
    let store = environment.store
    return LineStream.response(question.range, requestID: context.requestID) { stream in
      AggregateEndpoint.writeMeta(groupBy.names, plan.columns.map(\.name), axis, to: &stream)
      try await stream.flush()
      let board = StatisticsBoard()
      let partial = try await stream.waiting({ board.statistics }) {
        try await store.aggregate(request) { board.post($0) }
      }
      let table = GroupTable(
        partial, plan: plan, groupBy: groupBy, axis: axis, range: question.range, limit: limit)
      try await AggregateEndpoint.write(table, isSeries: axis != nil, to: &stream)
      return StreamEnd(
        status: table.otherGroups > 0 ? .limited : .complete,
        why: table.otherGroups > 0 ? "\(table.otherGroups) smaller groups are left out" : nil,
        statistics: partial.statistics)
    }
  }

  private static func writeMeta(_ by: [String], _ aggregates: [String], _ axis: TimeAxis?, to stream: inout LineStream)
  {
    stream.beginMeta()
    stream.json.key("by")
    stream.json.beginArray()
    for name in by { stream.json.string(name) }
    stream.json.endArray()
    stream.json.key("aggregates")
    stream.json.beginArray()
    for name in aggregates { stream.json.string(name) }
    stream.json.endArray()
    if let axis { stream.json.axis(axis) }
    stream.endLine()
  }

  private static func write(_ table: GroupTable, isSeries: Bool, to stream: inout LineStream) async throws {
    stream.json.beginObject()
    stream.json.member("k", string: "series")
    stream.json.key("groups")
    stream.json.beginArray()
    for group in table.groups {
      stream.json.beginObject()
      stream.json.key("key")
      stream.json.beginArray()
      for value in group.key { stream.json.value(value) }
      stream.json.endArray()
      stream.json.key("values")
      stream.json.beginArray()
      for values in group.values {
        if isSeries { stream.json.beginArray() }
        for value in values { stream.json.value(value) }
        if isSeries { stream.json.endArray() }
      }
      stream.json.endArray()
      stream.json.endObject()
      try await stream.flushIfLong()
    }
    stream.json.endArray()
    stream.json.member("other_groups", integer: table.otherGroups)
    stream.endLine()
  }

  private func heatmap(_ question: Question, _ field: FieldReference, _ context: APIContext) throws -> Response {
    let axis = try question.axis(defaultStep: "auto") ?? TimeAxis(range: question.range, step: 60_000_000_000)
    let request = Heatmap.request(
      signal: signal, range: question.range, predicate: question.predicate, field: field, axis: axis)
    let store = environment.store
    return LineStream.response(question.range, requestID: context.requestID) { stream in
      AggregateEndpoint.writeMeta([], ["count", "errors"], axis, to: &stream)
      try await stream.flush()
      let board = StatisticsBoard()
      let partial = try await stream.waiting({ board.statistics }) {
        try await store.aggregate(request) { board.post($0) }
      }
      stream.json.beginObject()
      stream.json.member("k", string: "heatmap")
      stream.json.key("base")
      stream.json.number(Heatmap.base)
      stream.json.key("cells")
      stream.json.beginArray()
      for cell in Heatmap(partial, axis: axis).cells {
        stream.json.beginArray()
        stream.json.integer(cell.time)
        stream.json.integer(cell.bucket)
        stream.json.integer(cell.count)
        stream.json.integer(cell.errors)
        stream.json.endArray()
      }
      stream.json.endArray()
      stream.endLine()
      return StreamEnd(status: .complete, statistics: partial.statistics)
    }
  }
}

extension JSONWriter {
  /// `step` and `times` of a time axis.
  mutating func axis(_ axis: TimeAxis) {
    member("step", integer: axis.step)
    key("times")
    beginArray()
    for time in axis.times { self.time(time) }
    endArray()
  }
}

import Hummingbird
import LogQL
import TelemetryModel
import TelemetryStore

/// `index/stats`, `index/volume` and `index/volume_range`: how much there is.
struct LokiVolumeEndpoints: Sendable {
  /// Series of a volume answer.
  static let seriesLimit = 1_000
  private static let standardLimit = 100

  let environment: APIEnvironment

  private var engine: LogQLEngine { LogQLEngine(store: environment.store) }

  func statistics(_ request: LokiRequest) async throws -> Response {
    let range = try request.range()
    let selection = try request.selection()
    let streams = try await engine.streams([selection].compactMap { $0 }, range: range)
    let everything = selection ?? LogSelection([])
    let (entries, counted) = try await total(.count, everything, range)
    let (bytes, _) = try await total(.bytes, everything, range)
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("streams", integer: streams.count)
    writer.member("chunks", integer: counted.blocksRead)
    writer.member("entries", integer: entries)
    writer.member("bytes", integer: bytes)
    writer.endObject()
    return Response(json: writer)
  }

  private func total(
    _ function: RangeAggregation.Function, _ selection: LogSelection, _ range: TimeRange
  ) async throws -> (Int, QueryStatistics) {
    let inner = RangeAggregation(function, selection: selection, range: max(1, range.end - range.start))
    let expression = SampleExpression.vector(VectorAggregation(.sum, .range(inner)))
    let (value, statistics) = try await engine.evaluate(expression, axis: StepAxis(at: range.end), isInstant: true)
    guard case .series(let series) = value, let first = series.first?.values.first, let number = first else {
      return (0, statistics)
    }
    return (Int(exactly: number.rounded()) ?? 0, statistics)
  }

  func volume(_ request: LokiRequest) async throws -> Response {
    let range = try request.range()
    return try await volumes(
      request, window: max(1, range.end - range.start), axis: StepAxis(at: range.end), isInstant: true)
  }

  func volumeRange(_ request: LokiRequest) async throws -> Response {
    let range = try request.range()
    let axis = try request.axis(range)
    return try await volumes(request, window: axis.step, axis: axis, isInstant: false)
  }

  /// Bytes of lines by stream labels, or with `aggregateBy=labels` by the name of each label; the largest first.
  private func volumes(
    _ request: LokiRequest, window: Int64, axis: StepAxis, isInstant: Bool
  ) async throws -> Response {
    let started = ContinuousClock.now
    let selection = try request.selection() ?? LogSelection([])
    let limit = try request.limit(
      default: LokiVolumeEndpoints.standardLimit, atMost: LokiVolumeEndpoints.seriesLimit)
    let targets = (request["targetLabels"] ?? "").split(separator: ",").map { String($0) }
    let range = try request.range()
    let byName = request["aggregateBy"] == "labels"
    var names = targets.isEmpty ? selection.matchers.map(\.name) : targets
    if byName, targets.isEmpty { names = try await engine.streamLabelNames(range) }
    let measured = RangeAggregation(.bytes, selection: selection, range: window)
    let grouped = SampleExpression.vector(
      VectorAggregation(.sum, .range(measured), grouping: Grouping(isWithout: false, labels: names)))
    let (value, statistics) = try await engine.evaluate(grouped, axis: axis, isInstant: isInstant)
    guard case .series(var series) = value else { return Response(status: .ok) }
    if byName { series = LokiVolumeEndpoints.byName(series, names) }
    let largest = series.sorted { one, other in
      let (left, right) = (LokiVolumeEndpoints.sum(one), LokiVolumeEndpoints.sum(other))
      return left != right ? left > right : LabelSet.isBefore(one.labels, other.labels)
    }
    var writer = LokiResultWriter(statistics, since: started)
    writer.write(.series(Array(largest.prefix(limit))), axis: axis, isInstant: isInstant)
    return Response(json: writer.json)
  }

  private static func sum(_ series: MetricSeries) -> Double { series.values.reduce(0) { $0 + ($1 ?? 0) } }

  /// One series for each name, over all series that have the label.
  private static func byName(_ series: [MetricSeries], _ names: [String]) -> [MetricSeries] {
    names.compactMap { name in
      let having = series.filter { $0.labels[name] != nil }
      guard var values = having.first?.values else { return nil }
      for one in having.dropFirst() {
        values = zip(values, one.values).map { left, right in
          left == nil && right == nil ? nil : (left ?? 0) + (right ?? 0)
        }
      }
      return MetricSeries(labels: LabelSet([LabelSet.Label(name, "")]), values: values)
    }
  }
}

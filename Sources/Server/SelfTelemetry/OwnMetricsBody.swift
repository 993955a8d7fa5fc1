/// The server's own metrics as an OTLP JSON request body, for its own store.
enum OwnMetricsBody {
  /// - Parameters:
  ///   - startedAt: start of the counters, nanoseconds since 1970.
  ///   - now: time of the points.
  static func encode(_ metrics: [OwnMetric], version: String, startedAt: Int64, now: Int64) -> [UInt8] {
    let resource = attributes([("service.name", "sightline"), ("service.version", version)])
    let encoded = metrics.map { metric(of: $0, startedAt: startedAt, now: now) }.joined(separator: ",")
    let text = """
      {"resourceMetrics":[{"resource":{"attributes":[\(resource)]},"scopeMetrics":[{"scope":{"name":"sightline"},\
      "metrics":[\(encoded)]}]}]}
      """
    return Array(text.utf8)
  }

  private static func metric(of metric: OwnMetric, startedAt: Int64, now: Int64) -> String {
    let start = metric.kind == .counter ? "\"startTimeUnixNano\":\"\(startedAt)\"," : ""
    let points = metric.samples.map { sample in
      "{\"attributes\":[\(attributes(sample.labels))],\(start)\"timeUnixNano\":\"\(now)\",\"asDouble\":\(number(sample.value))}"
    }.joined(separator: ",")
    let data =
      metric.kind == .counter
      ? "\"sum\":{\"aggregationTemporality\":2,\"isMonotonic\":true,\"dataPoints\":[\(points)]}"
      : "\"gauge\":{\"dataPoints\":[\(points)]}"
    let name = metric.name.hasSuffix("_total") ? String(metric.name.dropLast("_total".count)) : metric.name
    return "{\"name\":\(quoted(name)),\"description\":\(quoted(metric.help)),\(data)}"
  }

  private static func attributes(_ pairs: [(name: String, value: String)]) -> String {
    pairs.map { "{\"key\":\(quoted($0.name)),\"value\":{\"stringValue\":\(quoted($0.value))}}" }.joined(separator: ",")
  }

  /// OTLP JSON takes what is not finite as text.
  private static func number(_ value: Double) -> String { value.isFinite ? value.description : "\"NaN\"" }

  private static func quoted(_ text: String) -> String {
    var writer = JSONWriter()
    writer.string(text)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

import Hummingbird
import PromQL

/// `series`, `labels`, `label/…/values` and `metadata`.
struct PrometheusSeries: Sendable {
  let environment: APIEnvironment
  let view: MetricsView

  func series(_ request: PrometheusRequest) async throws -> PrometheusAnswer {
    let sets = try request.matchers(isNeeded: true)
    let (start, end) = try request.range()
    let limit = try request.limit()
    let found = try await view.series(sets, start: start, end: end)
    var answer = PrometheusAnswer()
    if let limit, found.count > limit { answer.noteTruncation() }
    answer.data { writer in
      writer.beginArray()
      for labels in found.prefix(limit ?? .max) { writer.labels(labels) }
      writer.endArray()
    }
    return answer
  }

  func labels(_ request: PrometheusRequest) async throws -> PrometheusAnswer {
    let (start, end) = try request.range()
    let names = try await view.labelNames(try request.matchers(), start: start, end: end)
    var answer = PrometheusAnswer()
    answer.data(names, limit: try request.limit())
    return answer
  }

  func values(_ escaped: String, _ request: PrometheusRequest) async throws -> PrometheusAnswer {
    let name = LabelEscaping.unescaped(escaped)
    guard !name.isEmpty else { throw PrometheusError(.badData, "invalid label name: \(GoText.quoted(escaped))") }
    let (start, end) = try request.range()
    let values = try await view.labelValues(name, try request.matchers(), start: start, end: end)
    var answer = PrometheusAnswer()
    answer.data(values, limit: try request.limit())
    return answer
  }

  func metadata(_ request: PrometheusRequest) async throws -> PrometheusAnswer {
    let limit = try request.limit()
    let perMetric = request.parameters["limit_per_metric"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    let all = try await view.metadata(start: PrometheusRequest.earliest, end: PrometheusRequest.latest)
    let wanted = request.parameters["metric"].map { name in all.filter { $0.key == name } } ?? all
    var answer = PrometheusAnswer()
    answer.data { writer in
      writer.beginObject()
      for (name, descriptions) in wanted.sorted(by: { $0.key < $1.key }).prefix(limit ?? .max) {
        writer.key(name)
        writer.beginArray()
        for description in descriptions.prefix(perMetric ?? .max) {
          writer.beginObject()
          writer.description(description)
          writer.endObject()
        }
        writer.endArray()
      }
      writer.endObject()
    }
    return answer
  }
}

extension JSONWriter {
  /// The members that say what a metric is.
  fileprivate mutating func description(_ description: MetricDescription) {
    member("type", string: description.type)
    member("help", string: description.help)
    member("unit", string: description.unit)
  }
}

/// Label names in paths: `U__` and `_HEX_` for characters that no path should have.
enum LabelEscaping {
  static func unescaped(_ text: String) -> String {
    guard text.hasPrefix("U__") else { return text }
    var result = ""
    var rest = text.dropFirst(3)
    while let next = rest.first {
      rest.removeFirst()
      guard next == "_" else {
        result.append(next)
        continue
      }
      if rest.first == "_" {
        result.append("_")
        rest.removeFirst()
        continue
      }
      let digits = rest.prefix { $0 != "_" }
      guard let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code),
        rest.dropFirst(digits.count).first == "_"
      else { return text }
      result.unicodeScalars.append(scalar)
      rest = rest.dropFirst(digits.count + 1)
    }
    return result
  }
}

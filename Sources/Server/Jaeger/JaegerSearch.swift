import QueryCore
import TelemetryModel
import TelemetryStore
import TraceQL

/// A search as Jaeger's clients ask it, answered through TraceQL.
struct JaegerSearch: Sendable {
  var service: String?
  var operation: String?
  /// Names and values that spans must have, whatever the values' type.
  var tags: [String: String] = [:]
  var minimumDuration: Int64?
  var maximumDuration: Int64?
  var range = TimeRange.all
  var limit = 20

  /// More traces than this are not asked for at once.
  static let traceLimit = 1_500

  /// The spans of each trace that matches, newest traces first.
  func traces(_ store: any TelemetryStore) async throws -> [RecordBatch] {
    guard case .search(let pipeline) = try TraceQLEngine.query(query).root else { return [] }
    let found = try await TraceQLEngine(store).search(
      pipeline, SearchRequest(range: range, traceLimit: limit, spanLimit: 1))
    var traces: [RecordBatch] = []
    for match in found.traces {
      try Task.checkCancellation()
      let answer = try await store.trace(match.id, hint: nil)
      if answer.spans.rowCount > 0 { traces.append(answer.spans) }
    }
    return traces
  }

  /// The search in TraceQL.
  var query: String {
    func text(_ value: String) -> String { TraceQLPrinter.text(.string(value)) }
    var conditions: [String] = []
    if let service { conditions.append("resource.service.name = \(text(service))") }
    if let operation { conditions.append("name = \(text(operation))") }
    for (key, value) in tags.sorted(by: { $0.key < $1.key }) { conditions.append(JaegerSearch.condition(key, value)) }
    if let minimumDuration { conditions.append("duration >= \(TraceQLPrinter.text(.duration(minimumDuration)))") }
    if let maximumDuration { conditions.append("duration <= \(TraceQLPrinter.text(.duration(maximumDuration)))") }
    return "{ " + conditions.joined(separator: " && ") + " }"
  }

  private static func condition(_ key: String, _ value: String) -> String {
    switch key {
    case "error":
      if value == "true" { return "status = error" }
      if value == "false" { return "status != error" }
    case "span.kind":
      if SpanKind.allCases.contains(where: { $0.name == value }) { return "kind = \(value)" }
    case "otel.status_code":
      if ["OK", "ERROR"].contains(value) { return "status = \(value.lowercased())" }
    case "otel.scope.name", "otel.library.name":
      return "instrumentation:name = \(TraceQLPrinter.text(.string(value)))"
    default: break
    }
    let attribute = TraceQLPrinter.text(.named(.any, key))
    var alternatives = ["\(attribute) = \(TraceQLPrinter.text(.string(value)))"]
    if value == "true" || value == "false" { alternatives.append("\(attribute) = \(value)") }
    switch FieldLiteral.number(value) {
    case .int(let number)? where number != .min: alternatives.append("\(attribute) = \(number)")
    case .double(let number)?: alternatives.append("\(attribute) = \(number)")
    default: break
    }
    return alternatives.count == 1 ? alternatives[0] : "(" + alternatives.joined(separator: " || ") + ")"
  }
}

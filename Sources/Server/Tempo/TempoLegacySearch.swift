import QueryCore
import TelemetryModel
import TraceQL

/// Searches of before TraceQL: `tags=` in logfmt, and durations.
enum TempoLegacySearch {
  /// The same question in TraceQL.
  ///
  /// - Throws: `.badParameter` when the tags are no logfmt.
  static func query(tags: String, minimum: Int64?, maximum: Int64?) throws(QueryError) -> String {
    var conditions: [String] = []
    for (key, value) in try logfmt(tags) { conditions.append(condition(key, value)) }
    if let minimum { conditions.append("duration >= \(TraceQLPrinter.text(.duration(minimum)))") }
    if let maximum { conditions.append("duration <= \(TraceQLPrinter.text(.duration(maximum)))") }
    return "{ " + conditions.joined(separator: " && ") + " }"
  }

  private static func condition(_ key: String, _ value: String) -> String {
    let text = TraceQLPrinter.text(.string(value))
    switch key {
    case "name": return "name = \(text)"
    case "root.name": return "rootName = \(text)"
    case "root.service.name": return "rootServiceName = \(text)"
    case "status", "status.code":
      if ["ok", "error", "unset"].contains(value) { return "status = \(value)" }
    case "error":
      if value == "true" { return "status = error" }
    default: break
    }
    let attribute = TraceQLPrinter.text(.named(.any, key))
    var alternatives = ["\(attribute) = \(text)"]
    if value == "true" || value == "false" { alternatives.append("\(attribute) = \(value)") }
    switch FieldLiteral.number(value) {
    case .int(let number)? where number >= 0: alternatives.append("\(attribute) = \(number)")
    case .double(let number)? where number >= 0: alternatives.append("\(attribute) = \(number)")
    default: break
    }
    return alternatives.count == 1 ? alternatives[0] : "(" + alternatives.joined(separator: " || ") + ")"
  }

  /// `key=value` and `key="a value"`, separated by spaces.
  static func logfmt(_ text: String) throws(QueryError) -> [(key: String, value: String)] {
    var pairs: [(key: String, value: String)] = []
    var rest = Array(text.unicodeScalars)[...]
    func string(_ scalars: some Collection<Unicode.Scalar>) -> String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      return String(view)
    }
    while true {
      rest = rest.drop { $0 == " " }
      if rest.isEmpty { return pairs }
      let key = rest.prefix { $0 != "=" && $0 != " " }
      rest = rest.dropFirst(key.count)
      guard !key.isEmpty, rest.first == "=" else {
        throw QueryError(.badParameter, "invalid tags: expected key=value", parameter: "tags")
      }
      rest = rest.dropFirst()
      guard rest.first == "\"" else {
        let value = rest.prefix { $0 != " " }
        rest = rest.dropFirst(value.count)
        pairs.append((string(key), string(value)))
        continue
      }
      rest = rest.dropFirst()
      var value: [Unicode.Scalar] = []
      while let next = rest.first, next != "\"" {
        rest = rest.dropFirst()
        if next == "\\", let escaped = rest.first {
          value.append(escaped)
          rest = rest.dropFirst()
        } else {
          value.append(next)
        }
      }
      guard rest.first == "\"" else {
        throw QueryError(.badParameter, "invalid tags: a quoted value has no end", parameter: "tags")
      }
      rest = rest.dropFirst()
      pairs.append((string(key), string(value)))
    }
  }
}

import TelemetryModel
import TelemetryStore

extension RandomTelemetry {
  static let fields: [FieldReference] = [
    Field.time, Field.body, Field.severity, Field.traceID, Field.spanID, Field.name, Field.duration, Field.status,
    Field.kind, Field.value, Field.metricName, Field.unit, Field.scopeName, Field.scopeVersion, Field.serviceName,
    FieldReference(.resource, "shard"), FieldReference(.any, "region"), FieldReference(.record, "region"),
    FieldReference(.scope, "region"), FieldReference(.resource, "region"), FieldReference(.any, "code"),
    FieldReference(.record, "code"), FieldReference(.any, "flag"), FieldReference(.record, "tags"),
    FieldReference(.record, "blob"), FieldReference(.any, "note"), FieldReference(.any, "core"),
    FieldReference(.event, "exception.type"), FieldReference(.event, "name"), FieldReference(.any, "absent"),
  ]

  mutating func predicate(depth: Int) -> Predicate {
    if depth > 0, chance(0.5) {
      let parts = (0..<Int.random(in: 0...3, using: &generator)).map { _ in predicate(depth: depth - 1) }
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: return .and(parts)
      case 1: return .or(parts)
      default: return .not(predicate(depth: depth - 1))
      }
    }
    let field = pick(RandomTelemetry.fields)
    switch Int.random(in: 0..<12, using: &generator) {
    case 0: return .all
    case 1: return .nothing
    case 2: return .exists(field)
    case 3, 4, 5, 6:
      return .compare(field, pick([.equal, .less, .lessOrEqual, .greater, .greaterOrEqual]), literal())
    case 7: return .memberOf(field, (0..<Int.random(in: 0...4, using: &generator)).map { _ in literal() })
    case 8, 9: return .text(field, textMatch())
    case 10: return .anyText(textMatch())
    default: return .traceIDs([pick(RandomTelemetry.traces), TraceID(high: 9, low: 9)])
    }
  }

  mutating func literal() -> AttributeValue {
    pick([
      .string(pick(RandomTelemetry.texts)), .string("eu0"), .string("service1"), .string("resource"),
      .string(RandomTelemetry.traces[2].description), .string("3"), .string("lib1"), .string("metric.1"), .string("ms"),
      .int(Int64.random(in: -2...20, using: &generator)), .int(500), .double(2.25), .double(4.5), .double(3),
      .bool(true),
      .bool(false), .bytes(Array("out".utf8)), .array([.string("out"), .int(5)]), .empty, .double(.nan), .int(.min),
      .double(1e300),
    ])
  }

  mutating func textMatch() -> TextMatch {
    let form: TextMatch.Form =
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: .equals(pick(RandomTelemetry.texts + ["TIMEOUT", "5", "true"]))
      case 1: .prefix(pick(["time", "T", "", "[42", "GET /c", "2."]))
      case 2: .contains(pick(["time", "out", "e", "", "größe", "TIMEOUT", "25", "ru", "reset by"]))
      case 3, 4:
        .phrase(
          pick([
            "timeout", "time out", "read", "connection reset", "42", "out", "retry timeout_ms", "größe", "; ", "conn",
            "timeout retry timeout", "time",
          ]),
          lastIsPrefix: chance(0.4))
      default: .regularExpression(pick(["time.*out", "^[a-z]+$", "[0-9]+", "out|peer", ""]), anchored: chance(0.4))
      }
    return TextMatch(form, isCaseFolded: chance(0.4))
  }
}

import Hummingbird
import QueryCore
import TelemetryModel
import TelemetryStore
import TraceQL

/// `/api/search/tags` and the values of a tag, in both versions.
struct TempoTags: Sendable {
  let environment: APIEnvironment
  /// Values of a tag at most.
  static let valueLimit = 5_000

  /// Scopes as version 2 names them, in the order of its answer.
  private static let scopes: [(name: String, scope: FieldScope)] = [
    ("resource", .resource), ("span", .record), ("event", .event), ("link", .link), ("instrumentation", .scope),
  ]

  func add(to router: Router<APIContext>, base: String) {
    router.get("\(base)/api/search/tags") { request, _ in await tags(request, isScoped: false) }
    router.get("\(base)/api/v2/search/tags") { request, _ in await tags(request, isScoped: true) }
    router.get("\(base)/api/search/tag/{tag}/values") { request, context in
      await values(request, context, isTyped: false)
    }
    router.get("\(base)/api/v2/search/tag/{tag}/values") { request, context in
      await values(request, context, isTyped: true)
    }
  }

  private static func intrinsics(isScoped: Bool) -> [String] {
    let plain = ["duration", "kind", "name", "rootName", "rootServiceName", "status", "statusMessage", "traceDuration"]
    if !isScoped { return plain }
    return plain + [
      "event:name", "event:timeSinceStart", "instrumentation:name", "instrumentation:version", "link:spanID",
      "link:traceID", "nestedSetLeft", "nestedSetParent", "nestedSetRight", "span:childCount", "span:duration",
      "span:id", "span:kind", "span:name", "span:parentID", "span:status", "span:statusMessage", "trace:duration",
      "trace:id", "trace:rootName", "trace:rootService",
    ]
  }

  // MARK: Names

  private func tags(_ request: Request, isScoped: Bool) async -> Response {
    await TempoAnswer.catching(nil) {
      let parameters = TempoParameters(request)
      let asked = parameters.query["scope"] ?? "none"
      let names = TempoTags.scopes.map(\.name)
      guard asked == "none" || asked == "intrinsic" || names.contains(asked) else {
        return TempoAnswer.text("invalid scope: \(asked)", .badRequest)
      }
      let limit = try parameters.query.integer("limit", default: .max, in: 0...Int.max)
      var found: [(name: String, keys: [String])] = []
      if asked != "intrinsic" {
        let answer = try await environment.store.fieldKeys(
          FieldKeysRequest(signal: .spans, timeRange: try parameters.range(now: environment.now())))
        for (name, scope) in TempoTags.scopes where asked == "none" || asked == name {
          let keys = answer.keys.filter { $0.field.scope == scope }.map(\.field.key).sorted()
          if !keys.isEmpty { found.append((name, Array(keys.prefix(limit == 0 ? .max : limit)))) }
        }
      }
      if asked == "none" || asked == "intrinsic" {
        found.append(("intrinsic", TempoTags.intrinsics(isScoped: isScoped)))
      }
      var writer = JSONWriter()
      writer.beginObject()
      if isScoped {
        writer.key("scopes")
        writer.beginArray()
        for (name, keys) in found {
          writer.beginObject()
          writer.member("name", string: name)
          writer.key("tags")
          writer.strings(keys)
          writer.endObject()
        }
        writer.endArray()
      } else {
        writer.key("tagNames")
        writer.strings(Set(found.flatMap(\.keys)).sorted())
      }
      TempoTags.writeMetrics(to: &writer)
      writer.endObject()
      return Response(json: writer)
    }
  }

  private static func writeMetrics(to writer: inout JSONWriter) {
    writer.key("metrics")
    writer.beginObject()
    writer.endObject()
  }

  // MARK: Values

  private func values(_ request: Request, _ context: APIContext, isTyped: Bool) async -> Response {
    let parameters = TempoParameters(request)
    return await TempoAnswer.catching(parameters.query["q"]) {
      let tag = TempoTags.decoded(context.path("tag"))
      guard let attribute = TempoTags.attribute(tag, isScoped: isTyped) else {
        return TempoAnswer.text("invalid tag: \(tag)", .badRequest)
      }
      let limit = try parameters.query.integer("limit", default: TempoTags.valueLimit, in: 0...TempoTags.valueLimit)
      var values = TempoTags.constants(attribute)
      if values.isEmpty, let (field, spans) = TempoTags.source(attribute), !TempoTags.isIdentifier(attribute) {
        let answer = try await environment.store.fieldValues(
          FieldValuesRequest(
            signal: .spans, field: field, timeRange: try parameters.range(now: environment.now()),
            predicate: .and([spans, TempoTags.narrowing(parameters.query["q"])]),
            valueLimit: limit == 0 ? TempoTags.valueLimit : limit))
        values = answer.values.flatMap { Static($0.value).elements }
      }
      var writer = JSONWriter()
      writer.beginObject()
      writer.key("tagValues")
      writer.beginArray()
      for value in Set(values).map({ (type: $0.tagType, text: $0.tagText) }).sorted(by: {
        ($0.text, $0.type) < ($1.text, $1.type)
      }) {
        if isTyped {
          writer.beginObject()
          writer.member("type", string: value.type)
          writer.member("value", string: value.text)
          writer.endObject()
        } else {
          writer.string(value.text)
        }
      }
      writer.endArray()
      TempoTags.writeMetrics(to: &writer)
      writer.endObject()
      return Response(json: writer)
    }
  }

  /// Clients encode a tag twice, so that proxies leave it whole.
  private static func decoded(_ tag: String) -> String {
    tag.utf8.contains(UInt8(ascii: "%")) ? QueryParameters.decode(tag.utf8, plusIsSpace: false) : tag
  }

  /// Version 2 takes names as queries write them; a bare name is an attribute of any scope in both.
  private static func attribute(_ tag: String, isScoped: Bool) -> TraceQL.Attribute? {
    if tag.isEmpty { return nil }
    if isScoped, let attribute = try? TraceQLParser.attribute(tag) { return attribute }
    if !isScoped {
      if tag == "status.code" { return .intrinsic(.status) }
      if tag == "root.name" { return .intrinsic(.rootName) }
      if tag == "root.service.name" { return .intrinsic(.rootServiceName) }
      if let intrinsic = Intrinsic(rawValue: tag) { return .intrinsic(intrinsic) }
    }
    return .named(.any, tag.hasPrefix(".") ? String(tag.dropFirst()) : tag)
  }

  /// The values of enumerations; other attributes have none.
  private static func constants(_ attribute: TraceQL.Attribute) -> [Static] {
    switch attribute {
    case .intrinsic(.status): StatusCode.allCases.map { .status($0) }
    case .intrinsic(.kind): SpanKind.allCases.map { .kind($0) }
    default: []
    }
  }

  /// The field that holds the values of an attribute, and the spans that have it; nil when it is computed.
  private static func source(_ attribute: TraceQL.Attribute) -> (field: FieldReference, spans: Predicate)? {
    let roots = Predicate.not(.exists(Field.parentSpanID))
    switch attribute {
    case .intrinsic(.rootName): return (Field.name, roots)
    case .intrinsic(.rootServiceName): return (Field.serviceName, roots)
    default: return attribute.field.map { ($0, .all) }
    }
  }

  /// Fields with a value of its own for nearly every span.
  private static func isIdentifier(_ attribute: TraceQL.Attribute) -> Bool {
    guard case .intrinsic(let intrinsic) = attribute else { return false }
    return [.duration, .traceID, .spanID, .parentSpanID, .linkTraceID, .linkSpanID].contains(intrinsic)
  }

  /// What a query narrows the values to; nothing while it is being typed and does not parse yet.
  private static func narrowing(_ query: String?) -> Predicate {
    guard let query, case .search(let pipeline)? = (try? TraceQLEngine.query(query))?.root else { return .all }
    return TraceQLEngine.spanPredicate(pipeline)
  }
}

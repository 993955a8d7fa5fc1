package import TelemetryModel

extension Attribute {
  /// The stored field that holds it; nil when it follows from other spans or from other fields.
  package var field: FieldReference? {
    switch self {
    case .named(let scope, let name):
      switch scope {
      case .any: return FieldReference(.any, name)
      case .span: return FieldReference(.record, name)
      case .resource: return FieldReference(.resource, name)
      case .event: return FieldReference(.event, name)
      case .link: return FieldReference(.link, name)
      case .instrumentation: return FieldReference(.scope, name)
      }
    case .ofParent: return nil
    case .intrinsic(let intrinsic):
      switch intrinsic {
      case .duration: return Field.duration
      case .name: return Field.name
      case .kind: return Field.kind
      case .status: return Field.status
      case .statusMessage: return Field.statusMessage
      case .traceID: return Field.traceID
      case .spanID: return Field.spanID
      case .parentSpanID: return Field.parentSpanID
      case .eventName: return FieldReference(.event, Field.name.key)
      case .eventTimeSinceStart: return nil
      case .linkTraceID: return FieldReference(.link, Field.traceID.key)
      case .linkSpanID: return FieldReference(.link, Field.spanID.key)
      case .instrumentationName: return Field.scopeName
      case .instrumentationVersion: return Field.scopeVersion
      case .childCount, .rootName, .rootServiceName, .traceDuration, .nestedSetLeft, .nestedSetRight, .nestedSetParent,
        .parent:
        return nil
      }
    }
  }

  /// What a scan must return so that the value can be told.
  var neededFields: [FieldReference] {
    switch self {
    case .intrinsic(.eventTimeSinceStart): [FieldReference(.event, Field.time.key)]
    case .intrinsic(let intrinsic) where intrinsic.isOfTrace: TraceTable.structureFields
    default: field.map { [$0] } ?? []
    }
  }

  /// Whether the value follows from the other spans of the trace.
  var isOfTrace: Bool {
    if case .intrinsic(let intrinsic) = self { intrinsic.isOfTrace } else { false }
  }

  /// Whether a span has one value for each of its events or links.
  var isOfChildren: Bool {
    switch self {
    case .named(let scope, _): scope == .event || scope == .link
    case .intrinsic(let intrinsic):
      [.eventName, .eventTimeSinceStart, .linkTraceID, .linkSpanID].contains(intrinsic)
    case .ofParent: false
    }
  }

  /// Text that stands for a missing stored value: OTLP leaves empty strings out.
  var isEmptyWhenMissing: Bool {
    switch self {
    case .intrinsic(let intrinsic):
      [.name, .statusMessage, .parentSpanID, .instrumentationName, .instrumentationVersion].contains(intrinsic)
    case .named, .ofParent: false
    }
  }

  /// The value for a group of the store, which knows it by `field`.
  func value(_ stored: AttributeValue?) -> Static {
    switch self {
    case .intrinsic(.status): return .status(StatusCode(rawValue: stored?.integer ?? 0) ?? .unset)
    case .intrinsic(.kind): return .kind(SpanKind(rawValue: stored?.integer ?? 0) ?? .unspecified)
    case .intrinsic(.duration): return .duration(stored?.integer ?? 0)
    case .intrinsic(.traceID), .intrinsic(.spanID), .intrinsic(.parentSpanID):
      guard case .bytes(let bytes)? = stored else { return .string("") }
      return .string(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    default:
      guard let stored else { return isEmptyWhenMissing ? .string("") : .nothing }
      return Static(stored)
    }
  }
}

extension AttributeValue {
  fileprivate var integer: Int64? {
    if case .int(let number) = self { number } else { nil }
  }
}

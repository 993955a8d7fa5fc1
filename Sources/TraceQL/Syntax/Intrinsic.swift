/// The fields that every span, event, link, scope or trace has.
package enum Intrinsic: String, Sendable, Hashable, CaseIterable {
  case duration
  case name
  case kind
  case status
  case statusMessage
  case childCount
  case rootName
  case rootServiceName
  case traceDuration
  case nestedSetLeft
  case nestedSetRight
  case nestedSetParent
  case parent
  case traceID = "trace:id"
  case spanID = "span:id"
  case parentSpanID = "span:parentID"
  case eventName = "event:name"
  case eventTimeSinceStart = "event:timeSinceStart"
  case linkTraceID = "link:traceID"
  case linkSpanID = "link:spanID"
  case instrumentationName = "instrumentation:name"
  case instrumentationVersion = "instrumentation:version"

  /// Names without a scope.
  static let unscoped: [String: Intrinsic] = Dictionary(
    uniqueKeysWithValues: [
      duration, name, kind, status, statusMessage, childCount, rootName, rootServiceName, traceDuration, nestedSetLeft,
      nestedSetRight, nestedSetParent, parent,
    ].map { ($0.rawValue, $0) })

  /// Names after `SCOPE:`.
  static let scoped: [String: [String: Intrinsic]] = [
    "trace": ["duration": .traceDuration, "rootName": .rootName, "rootService": .rootServiceName, "id": .traceID],
    "span": [
      "duration": .duration, "name": .name, "kind": .kind, "status": .status, "statusMessage": .statusMessage,
      "id": .spanID, "parentID": .parentSpanID, "childCount": .childCount,
    ],
    "event": ["name": .eventName, "timeSinceStart": .eventTimeSinceStart],
    "link": ["traceID": .linkTraceID, "spanID": .linkSpanID],
    "instrumentation": ["name": .instrumentationName, "version": .instrumentationVersion],
  ]

  /// The type of its values.
  package var type: StaticType {
    switch self {
    case .duration, .traceDuration, .eventTimeSinceStart: .duration
    case .childCount, .nestedSetLeft, .nestedSetRight, .nestedSetParent: .int
    case .kind: .kind
    case .status: .status
    case .parent: .nothing
    case .name, .statusMessage, .rootName, .rootServiceName, .traceID, .spanID, .parentSpanID, .eventName,
      .linkTraceID, .linkSpanID, .instrumentationName, .instrumentationVersion:
      .string
    }
  }

  /// Whether its value follows from the other spans of the trace.
  package var isOfTrace: Bool {
    switch self {
    case .childCount, .rootName, .rootServiceName, .traceDuration, .nestedSetLeft, .nestedSetRight, .nestedSetParent,
      .parent:
      true
    default: false
    }
  }
}

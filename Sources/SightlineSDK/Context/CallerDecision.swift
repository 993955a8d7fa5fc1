public import Instrumentation

/// What a caller said about sampling that the flag of a trace context cannot hold. Only B3, Jaeger and X-Ray say it.
public enum CallerDecision: Sendable, Hashable {
  /// The caller leaves the decision about its trace to this service.
  case deferred
  /// A trace that starts here is not to be recorded.
  case deny
  /// A trace that starts here is to be recorded.
  case accept
  /// The trace is recorded for somebody who looks for a fault; everyone downstream is told.
  case debug
}

private enum CallerDecisionKey: InstrumentationContextKey {
  typealias Value = CallerDecision
  static var nameOverride: String? { "sightline-caller-decision" }
}

extension InstrumentationContext {
  /// What the caller said about sampling beyond the flag; nil when it said nothing.
  public var callerDecision: CallerDecision? {
    get {
      if let spanContext { return spanContext.callerDecision }
      return self[CallerDecisionKey.self]
    }
    set {
      if spanContext != nil { spanContext?.callerDecision = newValue } else { self[CallerDecisionKey.self] = newValue }
    }
  }
}

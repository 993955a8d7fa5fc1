public import Instrumentation

/// Carries part of a context across a process boundary in named text fields: HTTP headers, message headers.
public protocol Propagator: Sendable {
  /// Writes the fields of `context` into a carrier.
  func inject<Carrier, Inject: Injector>(
    _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
  ) where Inject.Carrier == Carrier

  /// Reads the fields of a carrier into `context`; fields that are absent or invalid change nothing.
  func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
  ) where Extract.Carrier == Carrier
}

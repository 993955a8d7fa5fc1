public import Instrumentation

/// W3C baggage: the field `baggage`.
public struct BaggagePropagator: Propagator {
  /// The propagator; it has no state.
  public init() {}

  public func inject<Carrier, Inject: Injector>(
    _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
  ) where Inject.Carrier == Carrier {
    guard let header = context.baggage.header else { return }
    injector.inject(header, forKey: "baggage", into: &carrier)
  }

  public func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
  ) where Extract.Carrier == Carrier {
    guard let header = extractor.extract(key: "baggage", from: carrier) else { return }
    let baggage = Baggage(header: header)
    if !baggage.isEmpty { context.baggage = baggage }
  }
}

public import Instrumentation

/// Named text fields that a context travels in: headers of HTTP or of messages, metadata of gRPC.
///
/// HTTP headers and dictionaries are carriers already; three members make one of any other type.
public protocol ContextCarrier: Sendable {
  /// The names of all fields, for formats that put a part of the context into the names.
  var contextFieldNames: [String] { get }

  /// The values of a field in their order; names are compared without regard to case.
  func contextFieldValues(_ name: String) -> [String]

  /// Makes `value` the only value of a field. The names that this SDK writes are lowercase, as HTTP/2 and gRPC want.
  mutating func setContextField(_ name: String, to value: String)
}

/// Writes a context into any ``ContextCarrier``.
public struct CarrierInjector<Carrier: ContextCarrier>: Injector {
  /// The injector; it has no state.
  public init() {}

  public func inject(_ value: String, forKey key: String, into carrier: inout Carrier) {
    carrier.setContextField(key, to: value)
  }
}

/// Reads a context from any ``ContextCarrier``; repeated fields are joined by commas, as HTTP allows for lists, so that
/// a field which must not be repeated becomes invalid.
public struct CarrierExtractor<Carrier: ContextCarrier>: FieldListingExtractor {
  /// The extractor; it has no state.
  public init() {}

  public func extract(key: String, from carrier: Carrier) -> String? {
    let values = carrier.contextFieldValues(key)
    return values.count > 1 ? values.joined(separator: ",") : values.first
  }

  public func fieldNames(in carrier: Carrier) -> [String] { carrier.contextFieldNames }
}

/// An extractor that can say which fields there are, which Jaeger's baggage needs.
public protocol FieldListingExtractor: Extractor {
  /// The names of all fields of the carrier.
  func fieldNames(in carrier: Carrier) -> [String]
}

extension Extractor {
  /// The names of all fields, or none when the extractor cannot tell.
  func namesIfListed(in carrier: Carrier) -> [String] {
    func names<Listing: FieldListingExtractor>(_ listing: Listing) -> [String] {
      (carrier as? Listing.Carrier).map { listing.fieldNames(in: $0) } ?? []
    }
    guard let listing = self as? any FieldListingExtractor else { return [] }
    return names(listing)
  }
}

extension Instrument {
  /// Writes `context` into the fields of `carrier`.
  public func inject(_ context: InstrumentationContext, into carrier: inout some ContextCarrier) {
    func write<Carrier: ContextCarrier>(_ carrier: inout Carrier) {
      inject(context, into: &carrier, using: CarrierInjector<Carrier>())
    }
    write(&carrier)
  }

  /// The context that the fields of `carrier` hold; top level when they hold none.
  public func context<Carrier: ContextCarrier>(from carrier: Carrier) -> InstrumentationContext {
    var context = InstrumentationContext.topLevel
    extract(carrier, into: &context, using: CarrierExtractor<Carrier>())
    return context
  }
}

extension [String: String]: ContextCarrier {
  public var contextFieldNames: [String] { Array(keys) }

  public func contextFieldValues(_ name: String) -> [String] {
    if let exact = self[name] { return [exact] }
    let wanted = name.lowercased()
    return filter { $0.key.lowercased() == wanted }.sorted { $0.key < $1.key }.map(\.value)
  }

  public mutating func setContextField(_ name: String, to value: String) {
    let wanted = name.lowercased()
    for key in keys where key != name && key.lowercased() == wanted { self[key] = nil }
    self[name] = value
  }
}

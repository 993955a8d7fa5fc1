/// Describes the process that sends telemetry: OpenTelemetry's resource.
public struct TelemetryResource: Sendable, Hashable {
  /// The attributes by name.
  public var attributes: [String: AttributeValue]

  /// A resource with these attributes.
  public init(_ attributes: [String: AttributeValue] = [:]) { self.attributes = attributes }

  /// The value of one attribute.
  public subscript(name: String) -> AttributeValue? {
    get { attributes[name] }
    set { attributes[name] = newValue }
  }

  /// Takes the attributes of `other`, which win over those already there.
  public mutating func merge(_ other: TelemetryResource) {
    attributes.merge(other.attributes) { _, new in new }
  }

  /// What the SDK says about itself.
  static let sdk = TelemetryResource([
    "telemetry.sdk.name": "sightline",
    "telemetry.sdk.language": "swift",
    "telemetry.sdk.version": .string(SDKVersion.current),
  ])
}

/// The version of this SDK, sent as `telemetry.sdk.version` and in the user agent.
enum SDKVersion {
  static let current = "0.1.0"
}

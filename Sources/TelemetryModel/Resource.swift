/// The entity that produced telemetry: the identity of a log stream.
package struct Resource: Sendable, Hashable {
  package let attributes: AttributeSet
  package let schemaURL: String
  package let droppedAttributesCount: UInt32

  package init(attributes: AttributeSet, schemaURL: String = "", droppedAttributesCount: UInt32 = 0) {
    self.attributes = attributes
    self.schemaURL = schemaURL
    self.droppedAttributesCount = droppedAttributesCount
  }

  /// `service.name`, or `unknown_service` as the semantic conventions say.
  package var serviceName: String {
    if case .string(let name)? = attributes["service.name"] { return name }
    return "unknown_service"
  }
}

/// The library that produced telemetry.
package struct InstrumentationScope: Sendable, Hashable {
  package let name: String
  package let version: String
  package let attributes: AttributeSet
  package let schemaURL: String
  package let droppedAttributesCount: UInt32

  package init(
    name: String = "", version: String = "", attributes: AttributeSet = .none, schemaURL: String = "",
    droppedAttributesCount: UInt32 = 0
  ) {
    self.name = name
    self.version = version
    self.attributes = attributes
    self.schemaURL = schemaURL
    self.droppedAttributesCount = droppedAttributesCount
  }
}

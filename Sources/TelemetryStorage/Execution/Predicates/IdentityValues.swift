import TelemetryModel

/// What the identity tables say of a field: the values that stand beside the rows.
extension Resource {
  /// The value of a field that resources have; nil for others.
  func value(of field: FieldReference) -> AttributeValue? {
    field.scope == .resource || field.scope == .any ? attributes[field.key] : nil
  }
}

extension InstrumentationScope {
  /// The value of a field that instrumentation scopes have; nil for others and for an empty name or version.
  func value(of field: FieldReference) -> AttributeValue? {
    switch field.scope {
    case .scope, .any: attributes[field.key]
    case .intrinsic:
      if field == Field.scopeName {
        name.isEmpty ? nil : .string(name)
      } else if field == Field.scopeVersion {
        version.isEmpty ? nil : .string(version)
      } else {
        nil
      }
    default: nil
    }
  }
}

extension Series {
  /// The value of a field that does not change from point to point; nil for others.
  func value(of field: FieldReference) -> AttributeValue? {
    switch field.scope {
    case .record: return attributes[field.key]
    case .resource: return resource.attributes[field.key]
    case .scope: return scope.attributes[field.key]
    case .any: return attributes[field.key] ?? resource.attributes[field.key] ?? scope.attributes[field.key]
    case .intrinsic:
      if field == Field.metricName { return name.isEmpty ? nil : .string(name) }
      if field == Field.unit { return unit.isEmpty ? nil : .string(unit) }
      if field == Field.metricKind { return .string(kind.name) }
      return scope.value(of: field)
    case .event, .link: return nil
    }
  }
}

extension FieldReference {
  /// Whether the field of a row of this signal stands in an identity table alone.
  func isIdentity(of signal: Signal) -> Bool {
    switch scope {
    case .resource, .scope: true
    case .intrinsic:
      self == Field.scopeName || self == Field.scopeVersion
        || (signal == .metrics && (self == Field.metricName || self == Field.unit || self == Field.metricKind))
    case .record, .any: signal == .metrics
    case .event, .link: false
    }
  }

  /// The child table that holds the field; nil for fields of the row.
  var childKind: ChildKind? {
    switch scope {
    case .event: .event
    case .link: .link
    default: nil
    }
  }
}

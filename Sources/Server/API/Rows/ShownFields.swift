import TelemetryModel

/// Which members of a row an answer shows: everything, or the fields that the question named.
struct ShownFields {
  /// nil: everything.
  private let fields: Set<FieldReference>?

  /// Parses `fields=a,b,c`.
  init(_ text: String?) {
    fields = text.flatMap { text in
      text.isEmpty ? nil : Set(text.split(separator: ",").map { FieldReference(text: String($0)) })
    }
  }

  var isEverything: Bool { fields == nil }

  func shows(_ field: FieldReference) -> Bool { fields?.contains(field) ?? true }

  /// A record's own attribute, by either of its names.
  func showsAttribute(_ key: String) -> Bool {
    guard let fields else { return true }
    return fields.contains(FieldReference(.record, key)) || fields.contains(FieldReference(.any, key))
  }

  /// Rows show `service.name` as `service`, so naming it brings no resource along.
  func showsResource(_ key: String) -> Bool {
    guard let fields else { return true }
    if key == Field.serviceName.key { return false }
    return fields.contains(FieldReference(.resource, key)) || fields.contains(FieldReference(.any, key))
  }

  /// The instrumentation scope is shown whole or not at all.
  var showsScope: Bool {
    guard let fields else { return true }
    return fields.contains { $0.scope == .scope } || fields.contains(Field.scopeName)
      || fields.contains(Field.scopeVersion)
  }
}

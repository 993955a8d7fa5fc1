import TelemetryModel

/// How many entries of identity tables have each field, and with which types. Made once for a table, since tables do not
/// change and blocks share them.
package final class IdentityFields: Sendable {
  /// One field of one table.
  struct Entry: Sendable {
    let field: FieldReference
    let types: ValueTypes
    let entryCount: Int
    let tableCount: Int
  }

  let entries: [Entry]

  init(resources: [Resource], scopes: [InstrumentationScope]) {
    entries =
      IdentityFields.count(resources) { IdentityFields.fields(.resource, $0.attributes) }
      + IdentityFields.count(scopes, IdentityFields.fields(ofScope:))
  }

  init(series: [Series]) {
    entries = IdentityFields.count(series) { series in
      var fields = IdentityFields.fields(.record, series.attributes)
      fields += IdentityFields.fields(.resource, series.resource.attributes)
      fields += IdentityFields.fields(ofScope: series.scope)
      if !series.name.isEmpty { fields.append((Field.metricName, .string)) }
      if !series.unit.isEmpty { fields.append((Field.unit, .string)) }
      return fields
    }
  }

  private static func count<Element>(
    _ table: [Element], _ fieldsOf: (Element) -> [(FieldReference, ValueType)]
  ) -> [Entry] {
    var counts: [FieldReference: (types: ValueTypes, entryCount: Int)] = [:]
    for element in table {
      for (field, type) in fieldsOf(element) {
        counts[field, default: (ValueTypes(), 0)].types.insert(type)
        counts[field, default: (ValueTypes(), 0)].entryCount += 1
      }
    }
    return counts.map {
      Entry(field: $0.key, types: $0.value.types, entryCount: $0.value.entryCount, tableCount: table.count)
    }
  }

  private static func fields(_ scope: FieldScope, _ attributes: AttributeSet) -> [(FieldReference, ValueType)] {
    attributes.attributes.map { (FieldReference(scope, $0.key), $0.value.type) }
  }

  private static func fields(ofScope scope: InstrumentationScope) -> [(FieldReference, ValueType)] {
    var fields = fields(.scope, scope.attributes)
    if !scope.name.isEmpty { fields.append((Field.scopeName, .string)) }
    if !scope.version.isEmpty { fields.append((Field.scopeVersion, .string)) }
    return fields
  }
}

/// A set of types of values.
struct ValueTypes: Sendable {
  private var bits: UInt16 = 0

  init() {}

  init(_ type: ValueType) { insert(type) }

  mutating func insert(_ type: ValueType) { bits |= 1 &<< UInt16(type.rawValue) }

  mutating func formUnion(_ other: ValueTypes) { bits |= other.bits }

  /// Ascending by raw value.
  var types: [ValueType] { ValueType.allCases.filter { bits >> UInt16($0.rawValue) & 1 != 0 } }
}

import TelemetryModel
import TelemetryStore

/// Which fields blocks have, with their types and about how many rows.
struct FieldCatalogue: Sendable {
  private struct Entry {
    var types: Set<ValueType> = []
    var rowCount = 0
  }

  /// How often the fields of one identity table occur among its entries; blocks of a part share tables.
  private struct TableFields {
    let table: any Sendable
    let fields: [FieldReference: (types: Set<ValueType>, entryCount: Int)]
  }

  private struct TableKey: Hashable {
    let address: UInt
    let count: Int
  }

  private var entries: [FieldReference: Entry] = [:]
  private var tables: [TableKey: TableFields] = [:]

  /// Adds a block's columns, child columns and identity tables.
  mutating func add(_ block: any BlockSource) {
    for (key, rowCount) in block.columns {
      add(FieldReference(key.scope, key.name), [key.type], rowCount)
    }
    for (kind, scope) in [(ChildKind.event, FieldScope.event), (.link, .link)] {
      // Children of one row count each: an upper bound.
      for (key, rowCount) in block.childColumns(kind) {
        add(FieldReference(scope, key.name), [key.type], min(rowCount, block.rowCount))
      }
    }
    if block.signal == .metrics {
      addTable(block.series, block.rowCount, FieldCatalogue.fields(ofSeries:))
    } else {
      addTable(block.resources, block.rowCount, FieldCatalogue.fields(ofResource:))
      addTable(block.scopes, block.rowCount, FieldCatalogue.fields(ofScope:))
    }
  }

  mutating func merge(_ other: FieldCatalogue) {
    for (field, entry) in other.entries { add(field, entry.types, entry.rowCount) }
  }

  /// Most frequent first, then by name.
  var keys: [FieldKey] {
    entries.map { field, entry in
      FieldKey(
        field: field, types: entry.types.sorted { $0.rawValue < $1.rawValue }, rowCount: entry.rowCount)
    }.sorted { $0.rowCount != $1.rowCount ? $0.rowCount > $1.rowCount : $0.field.text < $1.field.text }
  }

  private mutating func add(_ field: FieldReference, _ types: Set<ValueType>, _ rowCount: Int) {
    entries[field, default: Entry()].types.formUnion(types)
    entries[field, default: Entry()].rowCount += rowCount
  }

  private mutating func addTable<Element: Sendable>(
    _ table: [Element], _ rowCount: Int, _ fieldsOf: (Element) -> [(FieldReference, ValueType)]
  ) {
    if table.isEmpty { return }
    let key = TableKey(address: tableAddress(table), count: table.count)
    let known = tables[key]?.fields
    var fields = known ?? [:]
    if known == nil {
      for element in table {
        for (field, type) in fieldsOf(element) {
          fields[field, default: ([], 0)].types.insert(type)
          fields[field, default: ([], 0)].entryCount += 1
        }
      }
      tables[key] = TableFields(table: table, fields: fields)
    }
    for (field, found) in fields {
      let share = Double(rowCount) * Double(found.entryCount) / Double(table.count)
      add(field, found.types, max(1, Int(share.rounded())))
    }
  }

  private static func fields(ofResource resource: Resource) -> [(FieldReference, ValueType)] {
    resource.attributes.attributes.map { (FieldReference(.resource, $0.key), $0.value.type) }
  }

  private static func fields(ofScope scope: InstrumentationScope) -> [(FieldReference, ValueType)] {
    var fields = scope.attributes.attributes.map { (FieldReference(.scope, $0.key), $0.value.type) }
    if !scope.name.isEmpty { fields.append((Field.scopeName, .string)) }
    if !scope.version.isEmpty { fields.append((Field.scopeVersion, .string)) }
    return fields
  }

  private static func fields(ofSeries series: Series) -> [(FieldReference, ValueType)] {
    var fields = series.attributes.attributes.map { (FieldReference(.record, $0.key), $0.value.type) }
    fields += self.fields(ofResource: series.resource) + self.fields(ofScope: series.scope)
    if !series.name.isEmpty { fields.append((Field.metricName, .string)) }
    if !series.unit.isEmpty { fields.append((Field.unit, .string)) }
    return fields
  }
}

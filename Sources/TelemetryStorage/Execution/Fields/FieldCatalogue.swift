import TelemetryModel
import TelemetryStore

/// Which fields blocks have, with their types and about how many rows.
struct FieldCatalogue: Sendable {
  private struct Entry {
    var types = ValueTypes()
    var rowCount = 0

    mutating func add(_ types: ValueTypes, _ rowCount: Int) {
      self.types.formUnion(types)
      self.rowCount += rowCount
    }
  }

  /// An identity table that blocks may share, held so that its address stays its own.
  private struct KnownTable {
    let table: any Sendable
    let fields: IdentityFields
  }

  private struct TableKey: Hashable {
    let address: UInt
    let count: Int
  }

  private var entries: [FieldReference: Entry] = [:]
  private var tables: [TableKey: KnownTable] = [:]

  /// Adds a block's columns, child columns and identity tables.
  mutating func add(_ block: any BlockSource) {
    for (key, rowCount) in block.columns {
      add(FieldReference(key.scope, key.name), ValueTypes(key.type), rowCount)
    }
    for (kind, scope) in [(ChildKind.event, FieldScope.event), (.link, .link)] {
      // Children of one row count each: an upper bound.
      for (key, rowCount) in block.childColumns(kind) {
        add(FieldReference(scope, key.name), ValueTypes(key.type), min(rowCount, block.rowCount))
      }
    }
    let rowCount = block.rowCount
    if let known = block.identityFields {
      add(known, rowCount)
    } else if block.signal == .metrics {
      add(fields(of: block.series) { IdentityFields(series: $0) }, rowCount)
    } else {
      add(fields(of: block.resources) { IdentityFields(resources: $0, scopes: []) }, rowCount)
      add(fields(of: block.scopes) { IdentityFields(resources: [], scopes: $0) }, rowCount)
    }
  }

  mutating func merge(_ other: FieldCatalogue) {
    for (field, entry) in other.entries { add(field, entry.types, entry.rowCount) }
  }

  /// Most frequent first, then by name.
  var keys: [FieldKey] {
    entries.map { FieldKey(field: $0.key, types: $0.value.types.types, rowCount: $0.value.rowCount) }
      .sorted { $0.rowCount != $1.rowCount ? $0.rowCount > $1.rowCount : $0.field.text < $1.field.text }
  }

  private mutating func add(_ field: FieldReference, _ types: ValueTypes, _ rowCount: Int) {
    entries[field, default: Entry()].add(types, rowCount)
  }

  private mutating func add(_ fields: IdentityFields, _ rowCount: Int) {
    for found in fields.entries {
      let share = Double(rowCount) * Double(found.entryCount) / Double(found.tableCount)
      add(found.field, found.types, max(1, Int(share.rounded())))
    }
  }

  private mutating func fields<Element: Sendable>(
    of table: [Element], _ make: ([Element]) -> IdentityFields
  ) -> IdentityFields {
    let key = TableKey(address: tableAddress(table), count: table.count)
    if let known = tables[key]?.fields { return known }
    let made = make(table)
    tables[key] = KnownTable(table: table, fields: made)
    return made
  }
}

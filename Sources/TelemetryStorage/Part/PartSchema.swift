import TelemetryEncoding
import TelemetryModel

/// What a chunk holds: a column of the rows or of a child table, or codes.
struct PartSchemaEntry: Hashable, Sendable {
  /// Raw values are part of the format.
  enum Role: UInt8, Sendable {
    case column = 0
    case resourceCodes = 1
    case scopeCodes = 2
    case seriesCodes = 3
    case parentRows = 4
  }

  /// 0: the rows; else the raw value of a `ChildKind`.
  let table: UInt8
  let role: UInt8
  let scope: UInt8
  let type: UInt8
  let name: String

  init(_ key: ColumnKey, table: ChildKind?) {
    self.table = table?.rawValue ?? 0
    role = Role.column.rawValue
    scope = key.scope.rawValue
    type = key.type.rawValue
    name = key.name
  }

  init(_ role: Role, table: ChildKind? = nil) {
    self.table = table?.rawValue ?? 0
    self.role = role.rawValue
    scope = 0
    type = ValueType.int.rawValue
    name = ""
  }

  /// The column's key; nil for codes and for what a later version added.
  var key: ColumnKey? {
    guard role == Role.column.rawValue, let scope = FieldScope(rawValue: scope), let type = ValueType(rawValue: type)
    else {
      return nil
    }
    return ColumnKey(scope, name, type)
  }

  /// The name in the inventory.
  var inventoryName: String {
    let kind = ChildKind(rawValue: table).map { "\($0)." } ?? ""
    switch Role(rawValue: role) {
    case .column:
      let text = key.map { FieldReference($0.scope, $0.name).text } ?? name
      return text.hasPrefix(kind) ? text : kind + text
    case .resourceCodes: return kind + "resource_codes"
    case .scopeCodes: return kind + "scope_codes"
    case .seriesCodes: return kind + "series_codes"
    case .parentRows: return kind + "parent_rows"
    case nil: return kind + "role_\(role)"
    }
  }

  func append(valueCount: Int, to writer: inout EncodingWriter) {
    writer.append(table)
    writer.append(role)
    writer.append(scope)
    writer.append(type)
    writer.append(string: name)
    writer.append(varint: valueCount)
  }

  init(_ reader: inout EncodingReader) throws(EncodingError) {
    table = try reader.byte()
    role = try reader.byte()
    scope = try reader.byte()
    type = try reader.byte()
    name = try reader.string()
    _ = try reader.varint()
  }
}

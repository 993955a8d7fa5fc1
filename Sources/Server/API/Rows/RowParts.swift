import TelemetryModel

/// What the rows of one batch share: attributes in columns, and the JSON of resources and scopes, made once each.
struct RowParts {
  private var attributes: [(key: [UInt8], cursor: ColumnCursor)]
  private var resources: [[UInt8]?]
  private var scopes: [[UInt8]?]
  private let shown: ShownFields
  private let batch: RecordBatch

  init(_ batch: RecordBatch, shown: ShownFields) {
    self.batch = batch
    self.shown = shown
    attributes = RowParts.cursors(batch.columns, scope: .record, shown: shown)
    resources = Array(repeating: nil, count: batch.resources.count)
    scopes = Array(repeating: nil, count: batch.scopes.count)
  }

  /// Columns of one attribute scope in key order, with their keys as JSON.
  static func cursors(_ columns: [Column], scope: FieldScope, shown: ShownFields) -> [(
    key: [UInt8], cursor: ColumnCursor
  )] {
    columns.filter { $0.key.scope == scope && (scope != .record || shown.showsAttribute($0.key.name)) }
      .sorted { ($0.key.name, $0.key.type.rawValue) < ($1.key.name, $1.key.type.rawValue) }
      .map { column in
        var writer = JSONWriter()
        writer.string(column.key.name)
        return (writer.bytes + [UInt8(ascii: ":")], ColumnCursor(column))
      }
  }

  mutating func writeAttributes(_ row: Int, to writer: inout JSONWriter) {
    var isOpen = false
    for index in attributes.indices {
      guard let value = attributes[index].cursor.index(row) else { continue }
      if !isOpen {
        writer.key("attributes")
        writer.beginObject()
        isOpen = true
      }
      writer.member(attributes[index].key)
      writer.value(of: attributes[index].cursor.column, at: value)
    }
    if isOpen {
      writer.endObject()
    } else if shown.isEverything {
      writer.key("attributes")
      writer.beginObject()
      writer.endObject()
    }
  }

  mutating func writeResource(_ row: Int, to writer: inout JSONWriter) {
    guard row < batch.resourceCodes.count else { return }
    let code = Int(batch.resourceCodes[row])
    let text = resources[code] ?? resourceText(batch.resources[code])
    resources[code] = text
    if text.isEmpty { return }
    writer.key("resource")
    writer.raw(text)
  }

  mutating func writeScope(_ row: Int, to writer: inout JSONWriter) {
    guard shown.showsScope, row < batch.scopeCodes.count else { return }
    let code = Int(batch.scopeCodes[row])
    let text = scopes[code] ?? RowParts.scopeText(batch.scopes[code])
    scopes[code] = text
    if text.isEmpty { return }
    writer.key("scope")
    writer.raw(text)
  }

  private func resourceText(_ resource: Resource) -> [UInt8] {
    let members = resource.attributes.attributes.filter { shown.showsResource($0.key) }
    if members.isEmpty, !shown.isEverything { return [] }
    var writer = JSONWriter()
    writer.object(members)
    return writer.bytes
  }

  /// Empty when the scope says nothing.
  static func scopeText(_ scope: InstrumentationScope) -> [UInt8] {
    if scope.name.isEmpty, scope.version.isEmpty, scope.attributes.attributes.isEmpty { return [] }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("name", string: scope.name)
    if !scope.version.isEmpty {
      writer.member("version", string: scope.version)
    }
    if !scope.attributes.attributes.isEmpty {
      writer.key("attributes")
      writer.object(scope.attributes.attributes)
    }
    writer.endObject()
    return writer.bytes
  }
}

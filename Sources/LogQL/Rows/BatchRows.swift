import TelemetryModel

/// The rows of one batch as lines with labels.
struct BatchRows {
  /// Where one label of the structured metadata comes from.
  private struct Metadata {
    let name: String
    var cursor: FieldCursor
    let isMap: Bool
  }

  private let batch: RecordBatch
  private let needs: RowNeeds
  private let times: [Int64]
  private let streams: [[RowLabels.Entry]]
  /// Labels of each instrumentation scope: name, version, attributes.
  private let scopes: [[(String, String)]]
  private var intrinsics: [Metadata] = []
  private var attributes: [Metadata] = []
  private var bodies: [FieldCursor] = []
  private var severity: FieldCursor?

  init(_ batch: RecordBatch, needs: RowNeeds, streamLabels: inout StreamLabels) {
    self.batch = batch
    self.needs = needs
    times = batch.times
    var streams: [[RowLabels.Entry]] = []
    for resource in batch.resources { streams.append(streamLabels.entries(of: resource.attributes)) }
    self.streams = streams
    let demand = needs.labels
    scopes = batch.scopes.map { scope in BatchRows.labels(of: scope, demand) }
    for (name, field) in LabelCatalogue.intrinsics where demand.wants(name) {
      for column in batch.columns(scope: .intrinsic, name: field.key) {
        intrinsics.append(Metadata(name: name, cursor: FieldCursor(column), isMap: false))
      }
    }
    let records = batch.columns.filter { $0.key.scope == .record }
      .sorted { $0.key.name.utf8.lexicographicallyPrecedes($1.key.name.utf8) }
    for column in records {
      let name = LabelName.translated(column.key.name)
      guard demand.wants(name) || column.key.type == .map else { continue }
      attributes.append(Metadata(name: name, cursor: FieldCursor(column), isMap: column.key.type == .map))
    }
    if needs.line { bodies = batch.columns(scope: .intrinsic, name: Field.body.key).map { FieldCursor($0) } }
    if demand.wants(DetectedLevel.name) {
      severity = batch.column(ColumnKey(Field.severity, .int)).map { FieldCursor($0) }
    }
  }

  private static func labels(of scope: InstrumentationScope, _ demand: LabelDemand) -> [(String, String)] {
    var labels: [(String, String)] = []
    if !scope.name.isEmpty { labels.append(("scope_name", scope.name)) }
    if !scope.version.isEmpty { labels.append(("scope_version", scope.version)) }
    for attribute in scope.attributes.attributes {
      AttributeText.forEachLabel(LabelName.translated(attribute.key), attribute.value) { labels.append(($0, $1)) }
    }
    return labels.filter { demand.wants($0.0) }
  }

  var count: Int { batch.rowCount }

  func time(_ row: Int) -> Int64 { row < times.count ? times[row] : 0 }

  /// One row. Rows must be taken in ascending order.
  mutating func row(_ row: Int) -> PipelineRow {
    var labels = RowLabels()
    if row < batch.resourceCodes.count { labels = RowLabels(streams[Int(batch.resourceCodes[row])]) }
    for index in intrinsics.indices {
      if let text = intrinsics[index].cursor.text(ofRow: row) { labels.addMetadata(intrinsics[index].name, text) }
    }
    if row < batch.scopeCodes.count {
      for (name, text) in scopes[Int(batch.scopeCodes[row])] { labels.addMetadata(name, text) }
    }
    for index in attributes.indices { addAttribute(index, row, &labels) }
    addLevel(row, &labels)
    return PipelineRow(line: needs.line ? line(row) : [], time: time(row), labels: labels)
  }

  private mutating func addAttribute(_ index: Int, _ row: Int, _ labels: inout RowLabels) {
    guard attributes[index].isMap else {
      if let text = attributes[index].cursor.text(ofRow: row) { labels.addMetadata(attributes[index].name, text) }
      return
    }
    guard let value = attributes[index].cursor.value(ofRow: row) else { return }
    let demand = needs.labels
    AttributeText.forEachLabel(attributes[index].name, value) { name, text in
      if demand.wants(name) { labels.addMetadata(name, text) }
    }
  }

  private mutating func addLevel(_ row: Int, _ labels: inout RowLabels) {
    guard needs.labels.wants(DetectedLevel.name), labels[DetectedLevel.name] == nil else { return }
    if let value = severity?.value(ofRow: row), case .int(let number) = value,
      let text = DetectedLevel.text(severity: number)
    {
      labels.addMetadata(DetectedLevel.name, text)
      return
    }
    guard needs.derivesLevel else { return }
    for name in DetectedLevel.sourceNames {
      guard let word = labels[name] else { continue }
      labels.addMetadata(DetectedLevel.name, DetectedLevel.text(word: word))
      return
    }
  }

  private mutating func line(_ row: Int) -> ArraySlice<UInt8> {
    for index in bodies.indices {
      if let bytes = bodies[index].bytes(ofRow: row) { return bytes }
      if bodies[index].type != .string, let text = bodies[index].text(ofRow: row) { return Array(text.utf8)[...] }
    }
    return []
  }
}

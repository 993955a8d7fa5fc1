/// A field found in a sample of lines: in their structured metadata, or by parsing them.
package struct DetectedField: Sendable {
  /// What the values look like.
  package enum ValueType: String, Sendable {
    case string, int, float, boolean, duration, bytes
  }

  package let name: String
  package private(set) var type: ValueType
  package private(set) var values: Set<String>
  /// The parsers that find it; none for structured metadata and for labels that the query made.
  package private(set) var parsers: [String]

  /// The fields of lines, those with the most values first.
  package static func detect(_ lines: [LogLine]) -> [DetectedField] {
    var fields: [String: DetectedField] = [:]
    for line in lines {
      for label in line.metadata.labels + line.parsed.labels { add(label.name, label.value, nil, &fields) }
      let parser = line.line.utf8.first { $0 > 0x20 } == UInt8(ascii: "{") ? "json" : "logfmt"
      var row = PipelineRow(
        line: Array(line.line.utf8)[...], time: line.time,
        labels: RowLabels(line.stream.labels.map { RowLabels.Entry(name: $0.name, value: $0.value, category: .stream) })
      )
      let stage: any Stage =
        parser == "json" ? JSONStage(demand: .all) : LogfmtStage(isStrict: false, keepsEmpty: false, demand: .all)
      _ = stage.process(&row)
      for entry in row.labels.entries where entry.category == .parsed { add(entry.name, entry.value, parser, &fields) }
    }
    return fields.values.sorted {
      $0.values.count != $1.values.count ? $0.values.count > $1.values.count : $0.name < $1.name
    }
  }

  private static func add(_ name: String, _ value: String, _ parser: String?, _ fields: inout [String: DetectedField]) {
    let type = valueType(value)
    var field = fields[name] ?? DetectedField(name: name, type: type, values: [], parsers: [])
    field.values.insert(value)
    if let parser, !field.parsers.contains(parser) { field.parsers.append(parser) }
    if field.type != type {
      field.type = [field.type, type].allSatisfy { $0 == .int || $0 == .float } ? .float : .string
    }
    fields[name] = field
  }

  private static func valueType(_ text: String) -> ValueType {
    if Int64(text) != nil { return .int }
    if text.utf8.first.map({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }) == true {
      if GoNumber.double(text) != nil { return .float }
      if GoDuration.nanoseconds(text) != nil { return .duration }
      if ByteSize.bytes(text) != nil { return .bytes }
    }
    return text == "true" || text == "false" ? .boolean : .string
  }
}

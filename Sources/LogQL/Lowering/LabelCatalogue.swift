import TelemetryModel
import TelemetryStore

/// Which stored fields stand behind which labels, for the data of one time range.
struct LabelCatalogue: Sendable {
  /// The sources of each label, those that win first.
  private(set) var sources: [String: [LabelSource]] = [:]
  /// Labels of maps: every label that begins with one of them and an underscore may be an entry of the map.
  private var mapNames: [String] = []
  /// The types of log bodies.
  private(set) var bodyTypes: Set<ValueType> = []

  /// The intrinsic fields of records under the names that Loki gives them as structured metadata.
  static let intrinsics: [(name: String, field: FieldReference)] = [
    ("severity_text", Field.severityText), ("severity_number", Field.severity), ("trace_id", Field.traceID),
    ("span_id", Field.spanID), ("flags", Field.flags), ("observed_timestamp", Field.observedTime),
    ("dropped_attributes_count", Field.droppedAttributesCount), ("event_name", Field.eventName),
    ("scope_name", Field.scopeName), ("scope_version", Field.scopeVersion),
  ]

  init(_ keys: [FieldKey]) {
    let sorted = keys.sorted { $0.field.key.utf8.lexicographicallyPrecedes($1.field.key.utf8) }
    for scope in [FieldScope.resource, .intrinsic, .scope, .record] {
      for key in sorted where key.field.scope == scope {
        if scope == .intrinsic {
          if key.field == Field.body { bodyTypes.formUnion(key.types) }
          continue
        }
        add(LabelName.translated(key.field.key), LabelSource(field: key.field, types: Set(key.types)))
      }
      if scope == .intrinsic {
        for (name, field) in LabelCatalogue.intrinsics {
          for key in keys where key.field == field { add(name, LabelSource(field: field, types: Set(key.types))) }
        }
      }
    }
    if sources[DetectedLevel.name] == nil { addDetectedLevel() }
  }

  private mutating func add(_ name: String, _ source: LabelSource) {
    sources[name, default: []].append(source)
    if source.types.contains(.map) { mapNames.append(name + "_") }
  }

  private mutating func addDetectedLevel() {
    var found: [LabelSource] = []
    for source in sources["severity_number"] ?? [] where source.field == Field.severity {
      found.append(LabelSource(field: source.field, types: source.types, meaning: .severity))
    }
    for name in DetectedLevel.sourceNames {
      for source in sources[name] ?? [] {
        found.append(LabelSource(field: source.field, types: source.types, meaning: .levelWord))
      }
    }
    if !found.isEmpty { sources[DetectedLevel.name] = found }
  }

  /// The sources of a label; nil when they cannot be told without looking at the rows.
  func sources(of name: String) -> [LabelSource]? {
    if mapNames.contains(where: { name.hasPrefix($0) }) { return nil }
    let found = sources[LabelName.translated(name)] ?? []
    return found.contains { $0.types.contains(.map) } ? nil : found
  }

  /// Every field that becomes a label by itself; nil when there are maps, whose labels only the rows know.
  var allSources: [(name: String, source: LabelSource)]? {
    guard mapNames.isEmpty else { return nil }
    return sources.sorted { $0.key < $1.key }.flatMap { name, found in
      found.filter { $0.meaning == .text }.map { (name, $0) }
    }
  }
}

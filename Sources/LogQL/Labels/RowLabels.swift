/// The labels of one line on its way through a pipeline.
///
/// A name stands here once. A label that a parser or the structured metadata would give a name that is taken gets the
/// suffix `_extracted`, so that what the line says never hides what its stream says.
struct RowLabels {
  /// Where a label comes from.
  enum Category: UInt8 { case stream, metadata, parsed }

  /// One label with its origin.
  struct Entry {
    var name: String
    var value: String
    var category: Category
  }

  static let errorName = "__error__"
  static let errorDetailsName = "__error_details__"
  private static let suffix = "_extracted"

  private(set) var entries: [Entry]
  /// `__error__`: which kind of stage failed on this line.
  private(set) var error: String?
  private(set) var errorDetails: String?

  init(_ entries: [Entry] = []) { self.entries = entries }

  private func index(of name: String) -> Int? {
    for index in entries.indices where entries[index].name == name { return index }
    return nil
  }

  /// The value of a label; nil when there is none.
  subscript(name: String) -> String? {
    if let index = index(of: name) { return entries[index].value }
    if name == RowLabels.errorName { return error }
    if name == RowLabels.errorDetailsName { return errorDetails }
    return nil
  }

  func category(of name: String) -> Category? { index(of: name).map { entries[$0].category } }

  /// The name that a parsed field gets.
  func parsedName(_ name: String) -> String {
    guard let index = index(of: name), entries[index].category != .parsed else { return name }
    return name + RowLabels.suffix
  }

  mutating func set(_ name: String, _ value: String, _ category: Category) {
    if name == RowLabels.errorName {
      error = value.isEmpty ? nil : value
      return
    }
    if name == RowLabels.errorDetailsName {
      errorDetails = value.isEmpty ? nil : value
      return
    }
    if let index = index(of: name) {
      entries[index].value = value
      entries[index].category = category
    } else {
      entries.append(Entry(name: name, value: value, category: category))
    }
  }

  /// Adds structured metadata: a name that the stream has gets the suffix; a name that came before keeps its value.
  mutating func addMetadata(_ name: String, _ value: String) {
    guard let known = index(of: name) else {
      entries.append(Entry(name: name, value: value, category: .metadata))
      return
    }
    guard entries[known].category == .stream else { return }
    let other = name + RowLabels.suffix
    if index(of: other) == nil { entries.append(Entry(name: other, value: value, category: .metadata)) }
  }

  mutating func remove(_ name: String) {
    if name == RowLabels.errorName {
      error = nil
    } else if name == RowLabels.errorDetailsName {
      errorDetails = nil
    } else if let index = index(of: name) {
      entries.remove(at: index)
    }
  }

  /// Keeps the labels that `isKept` says.
  mutating func keep(_ isKept: (Entry) -> Bool) { entries.removeAll { !isKept($0) } }

  /// Notes that a stage failed. The first failure counts.
  mutating func fail(_ kind: PipelineFailure, _ details: String) {
    guard error == nil else { return }
    error = kind.rawValue
    errorDetails = details
  }

  /// All labels, with those that report a failure.
  var labelSet: LabelSet {
    var labels = entries.map { LabelSet.Label($0.name, $0.value) }
    if let error { labels.append(LabelSet.Label(RowLabels.errorName, error)) }
    if let errorDetails { labels.append(LabelSet.Label(RowLabels.errorDetailsName, errorDetails)) }
    return LabelSet(labels)
  }
}

/// The kinds of failures of stages: values of `__error__`.
enum PipelineFailure: String {
  case json = "JSONParserErr"
  case logfmt = "LogfmtParserErr"
  case sampleExtraction = "SampleExtractionErr"
  case labelFilter = "LabelFilterErr"
  case template = "TemplateFormatErr"
}

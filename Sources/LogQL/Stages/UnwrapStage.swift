/// Takes a label as the value of a sample.
struct UnwrapStage: Sendable {
  private let unwrap: Unwrap

  init(_ unwrap: Unwrap) { self.unwrap = unwrap }

  /// The value; nil when the line has no such label. A text that is no number marks the line.
  func value(_ labels: inout RowLabels) -> Double? {
    guard let text = labels[unwrap.label] else { return nil }
    guard let value = UnwrapStage.number(text, unwrap.conversion) else {
      labels.fail(.sampleExtraction, UnwrapStage.failure(text, unwrap.conversion))
      return 0
    }
    return value
  }

  /// The label whose text was taken: a result does not show it, unless it is no number.
  var label: String { unwrap.label }

  static func number(_ text: String, _ conversion: Unwrap.Conversion) -> Double? {
    switch conversion {
    case .number: GoNumber.double(text)
    case .duration, .durationSeconds: GoDuration.nanoseconds(text).map { Double($0) / 1e9 }
    case .bytes: ByteSize.bytes(text).map { Double($0) }
    }
  }

  private static func failure(_ text: String, _ conversion: Unwrap.Conversion) -> String {
    let quoted = QuotedText.quoted(text)
    return switch conversion {
    case .number: "strconv.ParseFloat: parsing \(quoted): invalid syntax"
    case .duration, .durationSeconds: "time: invalid duration \(quoted)"
    case .bytes: "unhandled size name: \(text)"
    }
  }
}

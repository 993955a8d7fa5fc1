/// The enumerations of OTLP, which OTLP/JSON writes as numbers and some senders as names.
enum OTLPEnumeration: Sendable {
  case severityNumber, spanKind, statusCode, temporality

  /// The number of the value named `text`, with or without the enumeration's prefix; nil when OTLP has none.
  func number(of text: String) -> Int64? {
    let name = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
    return names.firstIndex(of: name).map { Int64($0) }
  }

  private var prefix: String {
    switch self {
    case .severityNumber: "SEVERITY_NUMBER_"
    case .spanKind: "SPAN_KIND_"
    case .statusCode: "STATUS_CODE_"
    case .temporality: "AGGREGATION_TEMPORALITY_"
    }
  }

  /// By number.
  private var names: [String] {
    switch self {
    case .severityNumber:
      ["UNSPECIFIED"]
        + ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].flatMap { [$0, $0 + "2", $0 + "3", $0 + "4"] }
    case .spanKind: ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
    case .statusCode: ["UNSET", "OK", "ERROR"]
    case .temporality: ["UNSPECIFIED", "DELTA", "CUMULATIVE"]
    }
  }
}

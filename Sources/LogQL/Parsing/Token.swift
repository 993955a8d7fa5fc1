/// One word of a query.
struct Token: Equatable {
  /// What the word is.
  enum Kind: Equatable {
    case identifier(String)
    case string(String)
    case number(Double)
    /// Nanoseconds.
    case duration(Int64)
    case bytes(UInt64)
    /// `[5m]`: nanoseconds.
    case range(Int64)
    /// An operator or a bracket.
    case symbol(String)
    case end
  }

  let kind: Kind
  /// Where it begins and ends, in bytes of the query.
  let range: Range<Int>

  /// The word in messages, as Loki calls it.
  var name: String {
    switch kind {
    case .identifier(let name): keywords.contains(name) ? name : "IDENTIFIER"
    case .string: "STRING"
    case .number: "NUMBER"
    case .duration: "DURATION"
    case .bytes: "BYTES"
    case .range: "RANGE"
    case .symbol(let text): text
    case .end: "$end"
    }
  }
}

/// Words with a meaning of their own; in messages they stand for themselves.
private let keywords: Set<String> = Set(
  RangeAggregation.Function.allCases.map(\.rawValue) + VectorAggregation.Function.allCases.map(\.rawValue) + [
    "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset", "or", "and", "unless", "json",
    "logfmt", "regexp", "pattern", "unpack", "line_format", "label_format", "label_replace", "vector", "unwrap", "drop",
    "keep", "decolorize",
  ])

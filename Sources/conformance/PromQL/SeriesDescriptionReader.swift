import PromQL

/// Reads `name{labels} values`.
struct SeriesDescriptionReader {
  private var text: Substring

  static func read(_ line: String) throws -> SeriesDescription {
    // The labels end where a blank stands outside braces and quotes.
    var depth = 0
    var quote: Character?
    var isEscaped = false
    var end = line.endIndex
    for index in line.indices {
      let character = line[index]
      if let open = quote {
        if isEscaped {
          isEscaped = false
        } else if character == "\\" {
          isEscaped = true
        } else if character == open {
          quote = nil
        }
      } else if character == "\"" || character == "'" || character == "`" {
        quote = character
      } else if character == "{" {
        depth += 1
      } else if character == "}" {
        depth -= 1
      } else if character.isWhitespace, depth == 0 {
        // A blank between the name and its labels belongs to neither.
        let rest = line[index...].drop(while: \.isWhitespace)
        if rest.hasPrefix("{"), !rest.hasPrefix("{{"), !line[..<index].contains("{") { continue }
        end = index
        break
      }
    }
    var reader = SeriesDescriptionReader(text: line[end...])
    return SeriesDescription(labels: try labels(String(line[..<end])), items: try reader.items())
  }

  private static func labels(_ text: String) throws -> Labels {
    if text == "{}" { return .none }
    let isNameless = text.hasPrefix("{")
    // An empty selector is no query, but an empty label set is a series.
    let query = isNameless ? "x" + text : text
    guard case .vectorSelector(let selector) = try parsed(query) else { throw Malformed(text: "no series") }
    var pairs: [Labels.Pair] = []
    for matcher in selector.matchers {
      guard case .equal(let value) = matcher.condition else { throw Malformed(text: "no labels") }
      if isNameless, matcher.name == Labels.metricName, value == "x" { continue }
      pairs.append(Labels.Pair(matcher.name, value))
    }
    return Labels(pairs)
  }

  private static func parsed(_ query: String) throws -> Expression {
    // `x{__name__="y"}` names a metric twice, which is right in a description.
    if query.hasPrefix("x{") {
      return try Engine.parse(
        "{" + query.dropFirst(2).dropLast() + (query.hasSuffix("{}") ? "" : ",") + "zz=\"\",z!=\"\"}"
      )
      .withoutHelpers
    }
    return try Engine.parse(query)
  }

  struct Malformed: Error, CustomStringConvertible {
    var text: String
    var description: String { text }
  }

  /// A number, `Inf` and `NaN` included.
  static func number(_ text: String) -> Double? {
    switch text.lowercased() {
    case "inf", "+inf": .infinity
    case "-inf": -.infinity
    case "nan": .nan
    default: text.first.map { $0.isNumber || "+-.".contains($0) } == true ? Double(text) : nil
    }
  }

  private mutating func items() throws -> [SeriesDescription.Item] {
    var items: [SeriesDescription.Item] = []
    while true {
      text = text.drop(while: \.isWhitespace)
      if text.isEmpty { return items }
      if text.hasPrefix("{{") {
        items += try histogramItems()
      } else {
        let word = String(text.prefix { !$0.isWhitespace })
        text = text.dropFirst(word.count)
        items += try Self.floatItems(word)
      }
    }
  }

  private static func floatItems(_ word: String) throws -> [SeriesDescription.Item] {
    var word = word[...]
    var times: Int?
    if let cross = word.lastIndex(of: "x"), let count = Int(word[word.index(after: cross)...]) {
      times = count
      word = word[..<cross]
    }
    if word == "_" { return Array(repeating: .absent, count: times ?? 1) }
    if word == "stale" { return Array(repeating: .stale, count: (times ?? 0) + 1) }
    if let value = number(String(word)) { return Array(repeating: .float(value), count: (times ?? 0) + 1) }
    // `start+increment`: the sign is the last one that belongs to no exponent.
    let characters = Array(word)
    for index in characters.indices.dropFirst().reversed()
    where "+-".contains(characters[index]) && !"eE".contains(characters[index - 1]) {
      guard let start = number(String(characters[..<index])), let increment = number(String(characters[index...])),
        let times
      else { continue }
      var value = start
      return (0...times).map { _ in
        defer { value += increment }
        return .float(value)
      }
    }
    throw Malformed(text: "malformed value \(word)")
  }

  private mutating func histogramItems() throws -> [SeriesDescription.Item] {
    let (base, hasHint) = try histogram()
    var increment: NativeHistogram?
    var isNegative = false
    if let sign = text.first, sign == "+" || sign == "-", text.dropFirst().hasPrefix("{{") {
      isNegative = sign == "-"
      text = text.dropFirst()
      increment = try histogram().histogram
    }
    guard text.first == "x" else { return [.histogram(base, hasHint: hasHint)] }
    let digits = text.dropFirst().prefix { $0.isNumber }
    guard let times = Int(digits) else { throw Malformed(text: "no count") }
    text = text.dropFirst(digits.count + 1)
    var items: [SeriesDescription.Item] = [.histogram(base, hasHint: hasHint)]
    var current = base
    for _ in 0..<times {
      if let increment {
        current = isNegative ? try current.subtracting(increment).histogram : try current.adding(increment).histogram
      }
      items.append(.histogram(current, hasHint: hasHint))
    }
    return items
  }

  private mutating func histogram() throws -> (histogram: NativeHistogram, hasHint: Bool) {
    guard let close = text.firstRange(of: "}}") else { throw Malformed(text: "endless histogram") }
    let body = text[text.index(text.startIndex, offsetBy: 2)..<close.lowerBound]
    text = text[close.upperBound...]
    var histogram = NativeHistogram(schema: 0)
    var hasHint = false
    var offset: Int32 = 0
    var negativeOffset: Int32 = 0
    var rest = body.drop(while: \.isWhitespace)
    while let colon = rest.firstIndex(of: ":") {
      let key = PromQLScriptReader.trimmed(rest[..<colon])
      rest = rest[rest.index(after: colon)...]
      var values: [Double] = []
      var word = ""
      if rest.hasPrefix("[") {
        let list = rest.dropFirst().prefix { $0 != "]" }
        rest = rest.dropFirst(list.count + 2)
        values = try list.split(whereSeparator: \.isWhitespace).map { text in
          guard let value = Self.number(String(text)) else { throw Malformed(text: "malformed number \(text)") }
          return value
        }
      } else {
        word = String(rest.prefix { !$0.isWhitespace })
        rest = rest.dropFirst(word.count)
      }
      rest = rest.drop(while: \.isWhitespace)
      let number = Self.number(word) ?? 0
      switch key {
      case "schema": histogram.schema = Int32(number)
      case "sum": histogram.sum = number
      case "count": histogram.count = number
      case "z_bucket": histogram.zeroCount = number
      case "z_bucket_w": histogram.zeroThreshold = number
      case "custom_values": histogram.customBounds = values
      case "buckets": histogram.positiveBuckets = values
      case "n_buckets": histogram.negativeBuckets = values
      case "offset": offset = Int32(number)
      case "n_offset": negativeOffset = Int32(number)
      case "counter_reset_hint":
        hasHint = true
        switch word {
        case "reset": histogram.resetHint = .reset
        case "not_reset": histogram.resetHint = .noReset
        case "gauge": histogram.resetHint = .gauge
        default: histogram.resetHint = .unknown
        }
      default: throw Malformed(text: "unknown field \(key)")
      }
    }
    if !histogram.positiveBuckets.isEmpty {
      histogram.positiveSpans = [.init(offset: offset, length: UInt32(histogram.positiveBuckets.count))]
    }
    if !histogram.negativeBuckets.isEmpty {
      histogram.negativeSpans = [.init(offset: negativeOffset, length: UInt32(histogram.negativeBuckets.count))]
    }
    return (histogram, hasHint)
  }
}

extension Expression {
  /// The selector without the conditions that made it a query.
  fileprivate var withoutHelpers: Expression {
    guard case .vectorSelector(var selector) = self else { return self }
    selector.matchers.removeAll { $0.name == "z" || $0.name == "zz" }
    return .vectorSelector(selector)
  }
}

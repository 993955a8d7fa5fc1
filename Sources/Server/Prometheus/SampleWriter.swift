import PromQL

extension JSONWriter {
  /// Milliseconds since 1970 as seconds with up to three decimals.
  mutating func seconds(_ milliseconds: Int64) {
    if milliseconds >= 0, milliseconds % 1000 == 0 { return integer(milliseconds / 1000) }
    let (whole, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
    var text = (milliseconds < 0 ? "-" : "") + String(whole)
    if rest > 0 {
      let digits = String(rest)
      text += "." + String(repeating: "0", count: 3 - digits.count) + digits
    }
    raw(text.utf8)
  }

  /// A number in quotes.
  mutating func sampleValue(_ value: Double) {
    if value.magnitude < 0x1p53, value == value.rounded(.towardZero), value != 0 {
      quoted(Int64(value))
    } else {
      string(PrometheusNumber.text(value))
    }
  }

  mutating func labels(_ labels: Labels) {
    beginObject()
    for pair in labels.pairs {
      key(pair.name)
      string(pair.value)
    }
    endObject()
  }

  /// A time with its number.
  mutating func sample(_ time: Int64, _ value: Double) {
    beginArray()
    seconds(time)
    sampleValue(value)
    endArray()
  }

  /// A time with its histogram.
  mutating func sample(_ time: Int64, _ histogram: NativeHistogram) {
    beginArray()
    seconds(time)
    self.histogram(histogram)
    endArray()
  }

  private mutating func histogram(_ histogram: NativeHistogram) {
    beginObject()
    key("count")
    sampleValue(histogram.count)
    key("sum")
    sampleValue(histogram.sum)
    let buckets = histogram.buckets.filter { $0.count != 0 }
    if !buckets.isEmpty {
      key("buckets")
      beginArray()
      for bucket in buckets {
        beginArray()
        integer(bucket.rule)
        for number in [bucket.lower, bucket.upper, bucket.count] { sampleValue(number) }
        endArray()
      }
      endArray()
    }
    endObject()
  }

  /// A query's answer with its type.
  mutating func result(_ data: QueryResult.Data, limit: Int?) {
    key("resultType")
    switch data {
    case .scalar(let time, let value):
      string("scalar")
      key("result")
      sample(time, value)
    case .string(let time, let text):
      string("string")
      key("result")
      beginArray()
      seconds(time)
      string(text)
      endArray()
    case .vector(let samples):
      string("vector")
      key("result")
      beginArray()
      for sample in samples.prefix(limit ?? .max) { vectorSample(sample) }
      endArray()
    case .matrix(let series):
      string("matrix")
      key("result")
      beginArray()
      for one in series.prefix(limit ?? .max) { self.series(one) }
      endArray()
    }
  }

  private mutating func vectorSample(_ sample: QueryResult.VectorSample) {
    beginObject()
    key("metric")
    labels(sample.labels)
    switch sample.value {
    case .float(let value):
      key("value")
      self.sample(sample.time, value)
    case .histogram(let histogram):
      key("histogram")
      self.sample(sample.time, histogram)
    }
    endObject()
  }

  private mutating func series(_ series: QueryResult.Series) {
    beginObject()
    key("metric")
    labels(series.labels)
    let hasFloats = series.points.contains { if case .float = $0.value { true } else { false } }
    let hasHistograms = series.points.contains { if case .histogram = $0.value { true } else { false } }
    if hasFloats {
      key("values")
      beginArray()
      for point in series.points { if case .float(let value) = point.value { sample(point.time, value) } }
      endArray()
    }
    if hasHistograms {
      key("histograms")
      beginArray()
      for point in series.points {
        if case .histogram(let histogram) = point.value { sample(point.time, histogram) }
      }
      endArray()
    }
    endObject()
  }
}

extension Bucket {
  /// Which borders belong to the bucket: 0 the upper, 1 the lower, 2 none, 3 both.
  fileprivate var rule: Int {
    if lower < 0, upper > 0, lower == -upper { return 3 }
    return upper <= 0 ? 1 : 0
  }
}

/// Numbers as Prometheus' API writes them.
enum PrometheusNumber {
  /// The shortest text; with an exponent below 1e-6 and from 1e21 on.
  static func text(_ value: Double) -> String {
    let magnitude = abs(value)
    guard value.isFinite, magnitude != 0, magnitude < 1e-6 || magnitude >= 1e21 else { return GoText.plain(value) }
    let text = value.description
    guard let mark = text.firstIndex(of: "e") else { return GoText.plain(value) }
    var mantissa = String(text[..<mark])
    if mantissa.hasSuffix(".0") { mantissa.removeLast(2) }
    let exponent = text[text.index(after: mark)...]
    return mantissa + "e" + (exponent.hasPrefix("-") || exponent.hasPrefix("+") ? "" : "+") + exponent
  }
}

import PromQL

/// Writes series as a body of remote write 2.0 (`io.prometheus.write.v2.Request`), uncompressed.
///
/// Histograms are written in their float flavour, since that is what `NativeHistogram` holds. Times are milliseconds since
/// 1970; a start time of 0 says nothing.
struct RemoteWriteEncoder {
  private var symbols: [String: UInt64] = ["": 0]
  private var symbolTable = ProtobufWriter()
  private var series = ProtobufWriter()

  init() { symbolTable.bytes(4, []) }

  /// The body with everything that was added.
  var body: [UInt8] { symbolTable.content + series.content }

  /// Adds a series with its samples. May be called again for the same labels.
  mutating func add(_ labels: Labels, floats: [Float] = [], histograms: [Histogram] = []) {
    var references: [UInt64] = []
    for pair in labels.pairs { references += [symbol(pair.name), symbol(pair.value)] }
    series.message(5) { message in
      message.packedVarints(1, references)
      for sample in floats {
        message.message(2) { writer in
          writer.fixed64(1, sample.value.bitPattern)
          writer.varint(2, UInt64(bitPattern: sample.time))
          writer.varint(3, UInt64(bitPattern: sample.startTime))
        }
      }
      for sample in histograms { message.message(3) { sample.write(to: &$0) } }
    }
  }

  private mutating func symbol(_ text: String) -> UInt64 {
    if let known = symbols[text] { return known }
    let number = UInt64(symbols.count)
    symbols[text] = number
    symbolTable.bytes(4, Array(text.utf8))
    return number
  }

  /// A float sample.
  struct Float {
    let time: Int64
    let value: Double
    var startTime: Int64 = 0
  }

  /// A histogram sample.
  struct Histogram {
    let time: Int64
    let value: NativeHistogram
    var startTime: Int64 = 0

    fileprivate func write(to writer: inout ProtobufWriter) {
      writer.fixed64(2, value.count.bitPattern)
      writer.fixed64(3, value.sum.bitPattern)
      writer.varint(4, Histogram.zigzag(value.schema))
      writer.fixed64(5, value.zeroThreshold.bitPattern)
      writer.fixed64(7, value.zeroCount.bitPattern)
      Histogram.write(value.negativeSpans, 8, to: &writer)
      writer.packedDoubles(10, value.negativeBuckets)
      Histogram.write(value.positiveSpans, 11, to: &writer)
      writer.packedDoubles(13, value.positiveBuckets)
      writer.varint(14, UInt64(value.resetHint.rawValue))
      writer.varint(15, UInt64(bitPattern: time))
      writer.packedDoubles(16, value.customBounds)
      writer.varint(17, UInt64(bitPattern: startTime))
    }

    private static func write(_ spans: [NativeHistogram.Span], _ field: UInt64, to writer: inout ProtobufWriter) {
      for span in spans {
        writer.message(field) { writer in
          writer.varint(1, zigzag(span.offset))
          writer.varint(2, UInt64(span.length))
        }
      }
    }

    private static func zigzag(_ number: Int32) -> UInt64 {
      UInt64(UInt32(bitPattern: number &<< 1 ^ number &>> 31))
    }
  }
}

/// Protobuf fields one after another.
private struct ProtobufWriter {
  private(set) var content: [UInt8] = []

  mutating func varint(_ field: UInt64, _ value: UInt64) {
    append(field << 3)
    append(value)
  }

  mutating func fixed64(_ field: UInt64, _ bits: UInt64) {
    append(field << 3 | 1)
    appendFixed(bits)
  }

  mutating func bytes(_ field: UInt64, _ bytes: [UInt8]) {
    append(field << 3 | 2)
    append(UInt64(bytes.count))
    content += bytes
  }

  mutating func message(_ field: UInt64, _ build: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    build(&inner)
    bytes(field, inner.content)
  }

  mutating func packedVarints(_ field: UInt64, _ values: [UInt64]) {
    guard !values.isEmpty else { return }
    var inner = ProtobufWriter()
    for value in values { inner.append(value) }
    bytes(field, inner.content)
  }

  mutating func packedDoubles(_ field: UInt64, _ values: [Double]) {
    guard !values.isEmpty else { return }
    var inner = ProtobufWriter()
    for value in values { inner.appendFixed(value.bitPattern) }
    bytes(field, inner.content)
  }

  private mutating func append(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      content.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    content.append(UInt8(truncatingIfNeeded: rest))
  }

  private mutating func appendFixed(_ bits: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { content.append(UInt8(truncatingIfNeeded: bits >> shift)) }
  }
}

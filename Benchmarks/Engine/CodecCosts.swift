import ArgumentParser
import TelemetryEncoding
import TelemetryModel

/// Bytes and nanoseconds a value of the codecs that a part chooses from, over columns as services send them.
struct CodecCosts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codecs", abstract: "Measures the codecs of doubles, one line a column.",
    discussion: "The column `words` shows what the bit patterns alone would take.")

  @Option(help: "Values of a column, a block's at most.") var values = 65_536
  @Option(help: "Runs; the least time counts.") var runs = 5

  func run() throws {
    for (name, values) in CodecColumns.all(count: min(values, EncodingLimits.blockRows)) {
      let column = Column(ColumnKey(.record, "value", .double), values: .double(values))
      let patterns = values.map { Int64(bitPattern: $0.bitPattern) }
      var writer = EncodingWriter()
      var words = EncodingWriter()
      var encoding = ""
      var encodeTime = Int64.max
      var decodeTime = Int64.max
      for _ in 0..<max(1, runs) {
        writer.removeAll()
        words.removeAll()
        let start = ProcessorTime.now()
        let description = ColumnChunk.append(column, rows: 0..<values.count, to: &writer)
        encodeTime = min(encodeTime, ProcessorTime.now() - start)
        encoding = description?.encoding.name ?? ""
        WordCodec.appendNested(patterns.span, to: &words)
        let decodeStart = ProcessorTime.now()
        let decoded = try ColumnChunk.decode(
          column.key, writer.bytes, 0..<writer.count, rowCount: values.count)
        decodeTime = min(decodeTime, ProcessorTime.now() - decodeStart)
        guard decoded.values.count == values.count else { throw ExitCode.failure }
      }
      func perValue(_ amount: Int64) -> Double { (Double(amount) / Double(values.count) * 100).rounded() / 100 }
      print(
        "\(name): \(encoding) \(perValue(Int64(writer.count))) B (words \(perValue(Int64(words.count)))), "
          + "encode \(perValue(encodeTime)) ns, decode \(perValue(decodeTime)) ns a value")
    }
  }
}

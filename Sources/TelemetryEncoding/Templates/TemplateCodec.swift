import TelemetryModel

/// Codec of text that programs write: a table of templates, a template code a value, and the variables of each slot in a
/// typed column of their own. See docs/format/part.md, "Templates".
enum TemplateCodec {
  static let templateLimit = 16_384
  /// Variables of a chunk.
  static let variableLimit = 1 << 26
  /// Values that a trial looks at.
  private static let trialCount = 2_048

  /// Appends the payload for `column[range]` when it is smaller than plain frames; false, and nothing appended, when it is
  /// not, or when the values have too many templates.
  static func append(_ column: BytesColumn, _ range: Range<Int>, to writer: inout EncodingWriter) -> Bool {
    var trial = EncodingWriter()
    let sample = sample(column, range)
    guard appendAlways(sample, 0..<sample.count, to: &trial) else { return false }
    var frames = EncodingWriter()
    BytesCodec.appendFrames(sample, 0..<sample.count, level: Zstandard.chunkLevel, to: &frames)
    guard trial.count < frames.count else { return false }
    if sample.count == range.count {
      writer.append(contentsOf: trial.bytes)
      return true
    }
    return appendAlways(column, range, to: &writer)
  }

  /// Two runs of values, so that what repeats from neighbour to neighbour shows in both forms.
  private static func sample(_ column: BytesColumn, _ range: Range<Int>) -> BytesColumn {
    guard range.count > 2 * trialCount else {
      return range.count == column.count
        ? column : column.gathered(range.map { UInt32(truncatingIfNeeded: $0) })
    }
    let first = range.lowerBound..<range.lowerBound + trialCount / 2
    let middle = range.lowerBound + range.count / 2
    let second = middle..<middle + trialCount / 2
    return column.gathered((Array(first) + Array(second)).map { UInt32(truncatingIfNeeded: $0) })
  }

  /// Appends the payload whatever its size; false when the values cannot be cut into templates.
  private static func appendAlways(
    _ column: BytesColumn, _ range: Range<Int>, to writer: inout EncodingWriter
  ) -> Bool {
    guard let table = TemplateTable(column, range) else { return false }
    writer.append(varint: table.templates.count)
    BytesCodec.appendTable(table.templates, to: &writer)
    WordCodec.appendNested(table.codes.span, to: &writer)
    var pool = BytesColumn()
    let shared = SharedVariables(table, in: column)
    let arena = unsafe column.arena.span.bytes
    for (number, slot) in table.slots.enumerated() {
      let variables = table.variables.span.extracting(slot.variables)
      if variables.count < VariableColumn.pooledBelow {
        writer.append(VariableColumn.Kind.pooled.rawValue)
        for index in variables.indices { pool.append(column.arena[variables[index].range]) }
      } else if let codes = shared.codes[number] {
        writer.append(VariableColumn.Kind.shared.rawValue)
        WordCodec.appendNested(codes.span, to: &writer)
      } else {
        let kind = VariableColumn.kind(slot, length: variables[0].length)
        writer.append(kind.rawValue)
        VariableColumn.append(variables, in: arena, kind: kind, to: &writer)
      }
    }
    BytesCodec.appendTable(pool, to: &writer)
    writer.append(varint: shared.distinct.count)
    BytesCodec.appendTable(shared.distinct, to: &writer)
    return true
  }

  /// Decodes `count` values.
  static func decode(count: Int, _ reader: inout EncodingReader) throws(EncodingError) -> BytesColumn {
    try TemplateColumn(count: count, &reader).texts()
  }
}

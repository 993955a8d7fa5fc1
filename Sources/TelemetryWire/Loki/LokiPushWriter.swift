/// Writes the logs of a Loki push as OTLP protobuf, which `LogWalker` then decodes: one set of rules for limits, times and
/// the ledger.
///
/// A stream is a resource whose attributes are the stream's labels, verbatim; an entry is a record whose body is the line
/// and whose attributes are the structured metadata. Lengths are varints of four bytes, since they are known only
/// afterwards. See docs/adr/0100-loki-push-through-otlp.md.
struct LokiPushWriter: ~Copyable {
  /// The largest length that four bytes of varint hold.
  private static let lengthCeiling = 1 << 28

  var output = GrowableBuffer<UInt8>()

  init() {}

  mutating func reset() { output.removeAll() }

  /// The protobuf bytes, valid until the next change.
  var result: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: output.base, count: output.count) }

  /// Writes a tag and room for its length; returns where the content begins.
  mutating func begin(_ tag: UInt8) -> Int {
    output.append(tag)
    output.appendFixed32(0)
    return output.count
  }

  /// Writes the length of what began at `start`.
  mutating func end(_ start: Int, byteLimit: Int) throws(WireError) {
    let length = output.count - start
    guard length < LokiPushWriter.lengthCeiling, output.count <= byteLimit else {
      throw WireError(.bodyTooLarge, offset: start)
    }
    output.setVarint28(at: start - 4, UInt32(truncatingIfNeeded: length))
  }

  /// Writes one length-delimited field that is a range of the body.
  mutating func append(_ tag: UInt8, _ bytes: RawSpan, _ range: WireRange) {
    output.append(tag)
    output.appendVarint(UInt64(range.count))
    output.append(bytes, range.start, range.end)
  }

  /// The time of a record; times before 1970 are written so that the walker refuses them.
  mutating func append(time: Int64) {
    output.append(0x09)
    output.appendFixed64(time >= 0 ? UInt64(time) : .max)
  }
}

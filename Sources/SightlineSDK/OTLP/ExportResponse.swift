/// The answer of an OTLP receiver: `Export…ServiceResponse`, whose shape is the same for the three signals.
struct ExportResponse: Equatable {
  var rejectedCount: Int = 0
  var message = ""

  /// Reads the partial success out of a body; bytes that are no such message read as full success.
  init(_ body: [UInt8]) {
    var reader = FieldReader(body[...])
    while let field = reader.next() {
      guard field.number == 1, case .bytes(let partial) = field.content else { continue }
      var inner = FieldReader(partial)
      while let field = inner.next() {
        switch (field.number, field.content) {
        case (1, .number(let count)): rejectedCount = Int(clamping: count)
        case (2, .bytes(let text)): message = String(decoding: text, as: UTF8.self)
        default: break
        }
      }
    }
  }

  private struct FieldReader {
    enum Content {
      case number(UInt64)
      case bytes(ArraySlice<UInt8>)
    }

    var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    private mutating func varint() -> UInt64? {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while let byte = rest.popFirst(), shift < 64 {
        value |= UInt64(byte & 0x7f) &<< shift
        if byte < 0x80 { return value }
        shift += 7
      }
      return nil
    }

    mutating func next() -> (number: UInt64, content: Content)? {
      guard let tag = varint() else { return nil }
      switch tag & 7 {
      case 0:
        guard let value = varint() else { return nil }
        return (tag >> 3, .number(value))
      case 2:
        guard let length = varint(), length <= UInt64(rest.count) else { return nil }
        let content = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        return (tag >> 3, .bytes(content))
      default: return nil
      }
    }
  }
}

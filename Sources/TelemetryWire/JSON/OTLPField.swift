/// One field of a message. Trivial to copy: the transcoder does so for each field it reads.
@safe
struct OTLPField: Sendable, BitwiseCopyable {
  /// How the JSON value becomes a protobuf one.
  enum Kind: Sendable, BitwiseCopyable {
    case message(OTLPMessage)
    case string, bytes
    /// Hex text of so many bytes.
    case identifier(byteCount: Int)
    case bool, int64, uint64, uint32, sint32, fixed64, sfixed64, fixed32, double
    case enumeration(OTLPEnumeration)
  }

  /// The name in lowerCamelCase.
  private let name: StaticString
  let number: UInt32
  let kind: Kind
  let isRepeated: Bool

  init(_ name: StaticString, _ number: UInt32, _ kind: Kind, repeated isRepeated: Bool = false) {
    self.name = name
    self.number = number
    self.kind = kind
    self.isRepeated = isRepeated
  }

  /// Whether `bytes[range]` is the name.
  @inline(__always)
  func isNamed(_ bytes: RawSpan, _ range: WireRange) -> Bool {
    guard range.count == name.utf8CodeUnitCount else { return false }
    return unsafe bytes.equals(range.start, count: range.count, UnsafeRawPointer(name.utf8Start))
  }

  /// Whether `bytes[range]` is the name as protobuf writes it, which OTLP/JSON forbids and some senders write.
  func isNamedInSnakeCase(_ bytes: RawSpan, _ range: WireRange) -> Bool {
    var position = range.start
    func next(is expected: UInt8) -> Bool {
      guard position < range.end else { return false }
      defer { position &+= 1 }
      return unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self) == expected
    }
    for index in 0..<name.utf8CodeUnitCount {
      let byte = unsafe name.utf8Start[index]
      let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
      if isUpper, !next(is: UInt8(ascii: "_")) { return false }
      if !next(is: isUpper ? byte | 0x20 : byte) { return false }
    }
    return position == range.end
  }
}

extension OTLPField.Kind {
  /// The protobuf wire type.
  var wireType: UInt32 {
    switch self {
    case .message, .string, .bytes, .identifier: 2
    case .fixed64, .sfixed64, .double: 1
    case .fixed32: 5
    case .bool, .int64, .uint64, .uint32, .sint32, .enumeration: 0
    }
  }

  /// Whether a repeated field of this kind is written packed.
  var isPackable: Bool { wireType != 2 }
}

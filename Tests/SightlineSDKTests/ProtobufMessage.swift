/// A protobuf message read without a schema, independent of the SDK's writer.
struct ProtobufMessage {
  enum Value: Equatable {
    case varint(UInt64)
    case fixed64(UInt64)
    case bytes([UInt8])
    case fixed32(UInt32)
  }

  struct Malformed: Error {}

  private(set) var fields: [(number: Int, value: Value)] = []

  init(_ bytes: [UInt8]) throws {
    var position = 0
    func varint() throws -> UInt64 {
      var value: UInt64 = 0
      for shift in stride(from: UInt64(0), to: 64, by: 7) {
        guard position < bytes.count else { throw Malformed() }
        let byte = bytes[position]
        position += 1
        value |= UInt64(byte & 0x7f) << shift
        if byte < 0x80 { return value }
      }
      throw Malformed()
    }
    func take(_ count: Int) throws -> [UInt8] {
      guard count >= 0, count <= bytes.count - position else { throw Malformed() }
      defer { position += count }
      return Array(bytes[position..<position + count])
    }
    func little(_ bytes: [UInt8]) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    while position < bytes.count {
      let tag = try varint()
      switch tag & 7 {
      case 0: fields.append((Int(tag >> 3), .varint(try varint())))
      case 1: fields.append((Int(tag >> 3), .fixed64(little(try take(8)))))
      case 2: fields.append((Int(tag >> 3), .bytes(try take(Int(try varint())))))
      case 5: fields.append((Int(tag >> 3), .fixed32(UInt32(little(try take(4))))))
      default: throw Malformed()
      }
    }
  }

  /// All nested messages of a field.
  func messages(_ number: Int) throws -> [ProtobufMessage] {
    try fields.compactMap { field in
      guard field.number == number, case .bytes(let bytes) = field.value else { return nil }
      return try ProtobufMessage(bytes)
    }
  }

  /// The nested message at a path of fields, the first one at each step.
  func message(_ path: Int...) throws -> ProtobufMessage {
    var message = self
    for number in path {
      guard let next = try message.messages(number).first else { throw Malformed() }
      message = next
    }
    return message
  }

  func string(_ number: Int) -> String? { bytes(number).map { String(decoding: $0, as: UTF8.self) } }

  func bytes(_ number: Int) -> [UInt8]? {
    for field in fields where field.number == number {
      if case .bytes(let bytes) = field.value { return bytes }
    }
    return nil
  }

  func number(_ number: Int) -> UInt64? {
    for field in fields where field.number == number {
      switch field.value {
      case .varint(let value), .fixed64(let value): return value
      case .fixed32(let value): return UInt64(value)
      case .bytes: continue
      }
    }
    return nil
  }

  func double(_ number: Int) -> Double? { self.number(number).map { Double(bitPattern: $0) } }

  /// Attributes in `field`, written so that their type shows: `"text"`, `7`, `0.5`, `true`, `[…]`, `{…}`.
  func attributes(_ field: Int) throws -> [String: String] {
    var attributes: [String: String] = [:]
    for pair in try messages(field) { attributes[pair.string(1) ?? ""] = try pair.message(2).anyValue() }
    return attributes
  }

  private func anyValue() throws -> String {
    guard let field = fields.first else { return "nothing" }
    switch (field.number, field.value) {
    case (1, .bytes(let text)): return "\"\(String(decoding: text, as: UTF8.self))\""
    case (2, .varint(let flag)): return flag == 0 ? "false" : "true"
    case (3, .varint(let number)): return String(Int64(bitPattern: number))
    case (4, .fixed64(let bits)): return "\(Double(bitPattern: bits))"
    case (5, .bytes(let content)):
      return "[" + (try ProtobufMessage(content).messages(1).map { try $0.anyValue() }).joined(separator: ",") + "]"
    case (6, .bytes(let content)):
      let members = try ProtobufMessage(content).attributes(1).sorted { $0.key < $1.key }
      return "{" + members.map { "\($0.key):\($0.value)" }.joined(separator: ",") + "}"
    default: throw Malformed()
    }
  }
}

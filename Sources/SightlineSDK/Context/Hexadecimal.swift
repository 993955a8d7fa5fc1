/// Lowercase hexadecimal digits, as trace context and OTLP write ids.
enum Hexadecimal {
  private static let digits: [UInt8] = Array("0123456789abcdef".utf8)

  /// The 16 digits of `value`, highest first.
  static func string(_ value: UInt64) -> String {
    String(unsafeUninitializedCapacity: 16) { buffer in
      for index in 0..<16 {
        buffer[index] = digits[Int((value &>> UInt64(60 - 4 * index)) & 0xf)]
      }
      return 16
    }
  }

  /// The two digits of `value`.
  static func string(_ value: UInt8) -> String {
    String(decoding: [digits[Int(value &>> 4)], digits[Int(value & 0xf)]], as: UTF8.self)
  }

  /// The number that at most 16 lowercase digits write, or nil for any other character.
  static func parse(_ bytes: ArraySlice<UInt8>) -> UInt64? {
    guard !bytes.isEmpty, bytes.count <= 16 else { return nil }
    var value: UInt64 = 0
    for byte in bytes {
      switch byte {
      case 0x30...0x39: value = value &<< 4 | UInt64(byte &- 0x30)
      case 0x61...0x66: value = value &<< 4 | UInt64(byte &- 0x61 &+ 10)
      default: return nil
      }
    }
    return value
  }

  /// The number that 1 to 16 digits of either case write, or nil for any other character.
  static func parseAnyCase(_ digits: some Collection<UInt8>) -> UInt64? {
    guard !digits.isEmpty, digits.count <= 16 else { return nil }
    var value: UInt64 = 0
    for byte in digits {
      guard let digit = digit(byte) else { return nil }
      value = value &<< 4 | UInt64(digit)
    }
    return value
  }

  /// The value of one digit of either case, for percent-encoding.
  static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte &- 0x30
    case 0x61...0x66: byte &- 0x61 &+ 10
    case 0x41...0x46: byte &- 0x41 &+ 10
    default: nil
    }
  }
}

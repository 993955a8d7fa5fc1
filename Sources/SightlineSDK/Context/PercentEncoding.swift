/// Percent-encoding as W3C baggage and the OTLP header variables use it.
enum PercentEncoding {
  /// The text of percent-encoded bytes. A stray `%` stays as it is; what is not UTF-8 becomes U+FFFD, as W3C baggage
  /// asks.
  static func decode(_ bytes: some Collection<UInt8>) -> String {
    let source = Array(bytes)
    var decoded: [UInt8] = []
    decoded.reserveCapacity(source.count)
    var position = 0
    while position < source.count {
      let byte = source[position]
      if byte == 0x25, position + 2 < source.count,
        let high = Hexadecimal.digit(source[position + 1]), let low = Hexadecimal.digit(source[position + 2])
      {
        decoded.append(high &<< 4 | low)
        position += 3
      } else {
        decoded.append(byte)
        position += 1
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }

  /// The text with every byte escaped that a baggage value may not hold, `%` itself, and `+`, which form decoders take
  /// for a blank.
  static func encode(_ text: String) -> String {
    var encoded: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x21, 0x23, 0x24, 0x26...0x2a, 0x2d...0x3a, 0x3c...0x5b, 0x5d...0x7e: encoded.append(byte)
      default:
        encoded.append(0x25)
        encoded.append(contentsOf: Hexadecimal.string(byte).uppercased().utf8)
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}

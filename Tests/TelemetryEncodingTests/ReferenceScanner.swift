/// Cuts a text as docs/format/part.md, "Templates", says, one byte after the other.
enum ReferenceScanner {
  static func cut(_ text: String) -> (template: String, variables: [String]) {
    let bytes = Array(text.utf8)
    var template: [UInt8] = []
    var variables: [String] = []
    var position = 0
    while position < bytes.count {
      guard isToken(bytes[position]) else {
        template.append(bytes[position])
        position += 1
        continue
      }
      let start = position
      while position < bytes.count, isToken(bytes[position]) { position += 1 }
      if let end = endOfUUID(bytes, start, position) { position = end }
      let variable = variables.count < 256 ? variable(bytes, start..<position) : nil
      template += bytes[start..<(variable?.lowerBound ?? position)]
      guard let variable else { continue }
      template.append(UInt8(ascii: "?"))
      template += bytes[variable.upperBound..<position]
      variables.append(String(decoding: bytes[variable], as: UTF8.self))
    }
    return (String(decoding: template, as: UTF8.self), variables)
  }

  private static func variable(_ bytes: [UInt8], _ token: Range<Int>) -> Range<Int>? {
    let digits = token.filter { isDigit(bytes[$0]) }
    guard let first = digits.first, let last = digits.last else { return nil }
    if bytes[token].contains(UInt8(ascii: "-")) { return token }
    let isHexadecimal =
      token.count >= 4 && digits.count < token.count
      && bytes[token].allSatisfy { isDigit($0) || isHexadecimalLetter($0) }
    return last - first + 1 == digits.count && digits.count <= 18 && !isHexadecimal ? first..<last + 1 : token
  }

  private static func endOfUUID(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int? {
    guard end - start == 8, start + 36 <= bytes.count, start + 36 == bytes.count || !isToken(bytes[start + 36]),
      bytes[start..<end].contains(where: isDigit)
    else { return nil }
    for offset in 0..<36 {
      let byte = bytes[start + offset]
      let isDash = [8, 13, 18, 23].contains(offset)
      guard isDash ? byte == UInt8(ascii: "-") : isDigit(byte) || (0x61...0x66).contains(byte) else { return nil }
    }
    return start + 36
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isHexadecimalLetter(_ byte: UInt8) -> Bool { (0x61...0x66).contains(byte | 0x20) }
  private static func isToken(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x61...0x7a).contains(byte | 0x20) || byte == UInt8(ascii: "_")
  }
}

import QueryCore

/// The query part of a request: names and values in order, decoded; `+` is a space.
struct QueryParameters: Sendable {
  private let values: [(name: String, value: String)]

  init(_ query: String?) {
    values = (query ?? "").utf8.split(separator: UInt8(ascii: "&")).map { part in
      let pieces = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      return (QueryParameters.decode(pieces[0]), pieces.count > 1 ? QueryParameters.decode(pieces[1]) : "")
    }
  }

  /// The first value of a name; nil also when it is empty.
  subscript(_ name: String) -> String? {
    values.first { $0.name == name && !$0.value.isEmpty }?.value
  }

  func all(_ name: String) -> [String] { values.filter { $0.name == name }.map(\.value) }

  /// An integer within a range.
  ///
  /// - Throws: `.badParameter` when it is none, or out of range.
  func integer(_ name: String, default standard: Int, in range: ClosedRange<Int>) throws(QueryError) -> Int {
    guard let text = self[name] else { return standard }
    guard let number = Int(text), range.contains(number) else {
      throw QueryError(
        .badParameter, "'\(name)' is a number from \(range.lowerBound) to \(range.upperBound)", parameter: name,
        position: 0,
        length: text.utf8.count)
    }
    return number
  }

  /// One of some words.
  func choice(_ name: String, default standard: String, of choices: [String]) throws(QueryError) -> String {
    guard let text = self[name] else { return standard }
    guard choices.contains(text) else {
      throw QueryError(
        .badParameter, "'\(name)' is one of \(choices.joined(separator: ", "))", parameter: name, position: 0,
        length: text.utf8.count)
    }
    return text
  }

  /// Percent-decoded text; damaged escapes stay as they are, invalid UTF-8 is replaced.
  static func decode(_ text: some Collection<UInt8>, plusIsSpace: Bool = true) -> String {
    let bytes = Array(text)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = hex(bytes[index + 1]),
        let low = hex(bytes[index + 2])
      {
        result.append(high << 4 | low)
        index += 3
      } else {
        result.append(plusIsSpace && bytes[index] == UInt8(ascii: "+") ? 0x20 : bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}

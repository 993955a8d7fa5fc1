/// `$1`, `${name}` and `$$` of replacements, as Go's regular expressions expand them.
enum ReplacementTemplate {
  /// The replacement with the texts of the groups; groups that are missing are empty.
  static func expanded(
    _ template: String, groups: [Range<Int>?], names: [String?], in text: ArraySlice<UInt8>
  ) -> [UInt8] {
    var result: [UInt8] = []
    let bytes = Array(template.utf8)
    var position = 0
    while position < bytes.count {
      guard bytes[position] == UInt8(ascii: "$"), position + 1 < bytes.count else {
        result.append(bytes[position])
        position += 1
        continue
      }
      if bytes[position + 1] == UInt8(ascii: "$") {
        result.append(UInt8(ascii: "$"))
        position += 2
        continue
      }
      guard let (name, end) = reference(bytes, position + 1) else {
        result.append(bytes[position])
        position += 1
        continue
      }
      let index = Int(name) ?? names.firstIndex(of: name).map { $0 + 1 }
      if let index, groups.indices.contains(index), let range = groups[index] {
        result += text[(text.startIndex + range.lowerBound)..<(text.startIndex + range.upperBound)]
      }
      position = end
    }
    return result
  }

  /// The name behind a `$`, and where it ends.
  private static func reference(_ bytes: [UInt8], _ start: Int) -> (String, Int)? {
    let isBraced = bytes[start] == UInt8(ascii: "{")
    let first = isBraced ? start + 1 : start
    var end = first
    while end < bytes.count, isNamePart(bytes[end]) { end += 1 }
    guard end > first else { return nil }
    let name = String(decoding: bytes[first..<end], as: UTF8.self)
    guard isBraced else { return (name, end) }
    return end < bytes.count && bytes[end] == UInt8(ascii: "}") ? (name, end + 1) : nil
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

/// Base64 with padding (RFC 4648, section 4).
enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func append(_ content: ArraySlice<UInt8>, to text: inout [UInt8]) {
    var rest = content
    while !rest.isEmpty {
      let group = Array(rest.prefix(3))
      rest = rest.dropFirst(3)
      let bits =
        UInt32(group[0]) << 16 | UInt32(group.count > 1 ? group[1] : 0) << 8 | UInt32(group.count > 2 ? group[2] : 0)
      text.append(digits[Int(bits >> 18)])
      text.append(digits[Int(bits >> 12 & 63)])
      text.append(group.count > 1 ? digits[Int(bits >> 6 & 63)] : UInt8(ascii: "="))
      text.append(group.count > 2 ? digits[Int(bits & 63)] : UInt8(ascii: "="))
    }
  }
}

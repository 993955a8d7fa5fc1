import Glibc

/// Search for bytes in lines.
enum ByteSearch {
  /// Where `needle` first stands in `line`, from `start` on; nil when nowhere. An empty needle stands at `start`.
  static func index(of needle: [UInt8], in line: ArraySlice<UInt8>, from start: Int? = nil) -> Int? {
    let begin = start ?? line.startIndex
    guard let first = needle.first else { return begin }
    guard begin <= line.endIndex, line.endIndex - begin >= needle.count else { return nil }
    return unsafe line[begin...].withUnsafeBytes { haystack -> Int? in
      unsafe needle.withUnsafeBytes { sought -> Int? in
        guard let base = haystack.baseAddress, let soughtBase = sought.baseAddress else { return nil }
        let last = haystack.count - sought.count
        var position = 0
        while position <= last {
          guard let found = unsafe memchr(base + position, Int32(first), last - position + 1) else { return nil }
          position = unsafe UnsafeRawPointer(found) - base
          if unsafe memcmp(base + position, soughtBase, sought.count) == 0 { return begin + position }
          position += 1
        }
        return nil
      }
    }
  }

  static func contains(_ needle: [UInt8], in line: ArraySlice<UInt8>) -> Bool { index(of: needle, in: line) != nil }
}

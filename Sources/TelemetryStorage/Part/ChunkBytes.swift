/// The bytes of some chunks, read in as few calls as neighbours allow.
struct ChunkBytes {
  /// Bytes read from the file.
  private(set) var byteCount = 0
  /// Ascending by start.
  private var pieces: [(start: Int, bytes: [UInt8])] = []

  init(_ file: any StoredFile, _ ranges: [Range<Int>]) throws(StorageError) {
    var merged: [Range<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound + PartFormat.readGap {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    for range in merged {
      pieces.append((range.lowerBound, try file.read(at: range.lowerBound, count: range.count)))
      byteCount += range.count
    }
  }

  /// Where one of the chunks given at `init` is.
  subscript(range: Range<Int>) -> (bytes: [UInt8], range: Range<Int>) {
    for piece in pieces where piece.start <= range.lowerBound && range.upperBound <= piece.start + piece.bytes.count {
      return (piece.bytes, range.lowerBound - piece.start..<range.upperBound - piece.start)
    }
    return ([], 0..<0)
  }
}

/// A chunk of identity codes as it is stored, checked once.
package final class EncodedCodes: Sendable {
  /// Where runs of equal codes begin, and their codes; nil when there are too many.
  package let runs: (starts: [Int], codes: [UInt32])?
  private let words: StoredWords
  private let limit: Int
  package let byteCount: Int

  /// A row in so many may begin a run.
  private static let rowsOfRun = 16

  /// - Parameter limit: entries of the identity table.
  package init(_ bytes: [UInt8], _ range: Range<Int>, rowCount: Int, limit: Int) throws(EncodingError) {
    var (reader, header) = try ColumnChunk.open(bytes, range)
    guard header.valueCount == rowCount, header.presence == PresenceCodec.dense else {
      throw EncodingError(.damaged, "a chunk of codes has another number of rows")
    }
    reader = EncodingReader(Array(bytes[reader.position..<reader.end]))
    words = try StoredWords(try ColumnEncoding(id: header.encoding), count: rowCount, &reader)
    self.limit = limit
    let found = try words.runs(runLimit: rowCount / EncodedCodes.rowsOfRun + 1)
    if let found {
      runs = (found.starts, try WordCodec.codes(found.words, limit: limit))
    } else {
      runs = nil
    }
    byteCount = range.count + 256 + (found?.starts.count ?? 0) * 12
  }

  /// All codes.
  package func codes() throws(EncodingError) -> [UInt32] { try words.codes(limit: limit) }

  /// The codes of some rows, which ascend.
  package func codes(of rows: [UInt32]) throws(EncodingError) -> [UInt32] {
    guard let runs else { return try words.codes(at: rows.map { Int($0) }, limit: limit) }
    var codes: [UInt32] = []
    codes.reserveCapacity(rows.count)
    var run = 0
    for row in rows {
      while run + 1 < runs.starts.count, runs.starts[run + 1] <= Int(row) { run += 1 }
      codes.append(runs.codes[run])
    }
    return codes
  }
}

/// Doubles where they stand: bit patterns, or decimals, that is whole numbers over a power of ten and a few exceptions.
package struct StoredDoubles: Sendable {
  /// What makes decimals of numbers.
  private struct Decimals {
    let power: Double
    /// Positions of the values that are no decimals, ascending.
    let exceptionRows: [UInt32]
    let exceptions: [Double]
  }

  private let words: StoredWords
  /// nil for bit patterns.
  private let decimals: Decimals?

  /// Moves the reader past `count` doubles.
  init(_ encoding: ColumnEncoding, count: Int, _ reader: inout EncodingReader) throws(EncodingError) {
    guard encoding == .decimals else {
      words = try StoredWords(encoding, count: count, &reader)
      decimals = nil
      return
    }
    let power = try DecimalCodec.power(exponent: try reader.byte())
    let exceptionCount = try reader.count(limit: count)
    words = try StoredWords(nested: count, &reader)
    let rows = try WordCodec.decodeCodes(count: exceptionCount, limit: count, &reader)
    var last = -1
    var exceptions: [Double] = []
    for row in rows {
      guard Int(row) > last else { throw EncodingError(.damaged, "exceptions are not ascending") }
      last = Int(row)
      exceptions.append(Double(bitPattern: try reader.fixed(UInt64.self)))
    }
    decimals = Decimals(power: power, exceptionRows: rows, exceptions: exceptions)
  }

  /// Memory that the exceptions take.
  var byteCount: Int { (decimals?.exceptions.count ?? 0) * 12 }

  /// All values.
  package func values() throws(EncodingError) -> [Double] { try values(in: [0..<words.count]) }

  /// The values of ranges, which ascend, one range after the other.
  package func values(in ranges: [Range<Int>]) throws(EncodingError) -> [Double] {
    var values = StoredDoubles.converted(try words.words(in: ranges), decimals?.power)
    guard let decimals, !decimals.exceptions.isEmpty else { return values }
    var position = 0
    var next = 0
    for range in ranges {
      while next < decimals.exceptions.count, decimals.exceptionRows[next] < range.lowerBound { next += 1 }
      while next < decimals.exceptions.count, decimals.exceptionRows[next] < range.upperBound {
        values[position + Int(decimals.exceptionRows[next]) - range.lowerBound] = decimals.exceptions[next]
        next += 1
      }
      position += range.count
    }
    return values
  }

  /// The values at the positions, which ascend.
  package func values(at indices: [Int]) throws(EncodingError) -> [Double] {
    var values = StoredDoubles.converted(try words.words(at: indices), decimals?.power)
    guard let decimals, !decimals.exceptions.isEmpty else { return values }
    var next = 0
    for (place, index) in indices.enumerated() {
      while next < decimals.exceptions.count, decimals.exceptionRows[next] < index { next += 1 }
      guard next < decimals.exceptions.count else { break }
      if decimals.exceptionRows[next] == index { values[place] = decimals.exceptions[next] }
    }
    return values
  }

  /// Doubles of bit patterns, or of numbers over a power of ten.
  private static func converted(_ words: [Int64], _ power: Double?) -> [Double] {
    unsafe [Double](unsafeUninitializedCapacity: words.count) { values, initializedCount in
      let words = words.span
      if let power, power != 1 {
        for index in 0..<words.count { unsafe values[index] = Double(words[index]) / power }
      } else if power != nil {
        for index in 0..<words.count { unsafe values[index] = Double(words[index]) }
      } else {
        for index in 0..<words.count { unsafe values[index] = Double(bitPattern: UInt64(bitPattern: words[index])) }
      }
      initializedCount = words.count
    }
  }
}

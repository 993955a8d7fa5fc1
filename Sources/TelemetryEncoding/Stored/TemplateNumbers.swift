/// The template numbers of values, looked through sixteen at a time for a few of them.
struct TemplateNumbers {
  /// More numbers than this are found as fast one value after the other.
  static let comparedLimit = 8

  private typealias Lanes = SIMD16<UInt16>
  /// Lanes that count to here do not overflow.
  private static let stretch = 16 * 30_000

  private let codes: [UInt16]

  init(_ codes: [UInt16]) { self.codes = codes }

  /// Calls `body` with the position and the number of each value that has one of the numbers, ascending.
  func forEach(_ wanted: [Int], _ body: (_ position: Int, _ number: Int) -> Void) {
    if wanted.isEmpty { return }
    unsafe codes.withUnsafeBytes { raw in
      let count = codes.count
      let patterns = wanted.map { Lanes(repeating: UInt16(truncatingIfNeeded: $0)) }
      var position = 0
      while position &+ 16 <= count {
        let lanes = unsafe raw.loadUnaligned(fromByteOffset: position &* 2, as: Lanes.self)
        var mask = lanes .== patterns[0]
        for index in 1..<patterns.count { mask = mask .| (lanes .== patterns[index]) }
        let words = unsafe unsafeBitCast(mask, to: SIMD4<UInt64>.self)
        if (words[0] | words[1] | words[2] | words[3]) != 0 {
          for lane in 0..<16 where mask[lane] { body(position &+ lane, Int(lanes[lane])) }
        }
        position &+= 16
      }
      while position < count {
        let code = Int(codes[position])
        if wanted.contains(code) { body(position, code) }
        position &+= 1
      }
    }
  }

  /// How many values in a range have a number.
  func count(of number: Int, in range: Range<Int>) -> Int {
    let pattern = Lanes(repeating: UInt16(truncatingIfNeeded: number))
    var total = 0
    var position = range.lowerBound
    unsafe codes.withUnsafeBytes { raw in
      while position &+ 16 <= range.upperBound {
        let end = min(range.upperBound, position &+ TemplateNumbers.stretch)
        var counts = SIMD16<Int16>.zero
        while position &+ 16 <= end {
          let lanes = unsafe raw.loadUnaligned(fromByteOffset: position &* 2, as: Lanes.self)
          // A lane that is equal is −1.
          counts = unsafe counts &- unsafeBitCast(lanes .== pattern, to: SIMD16<Int16>.self)
          position &+= 16
        }
        for lane in 0..<16 { total &+= Int(counts[lane]) }
      }
    }
    while position < range.upperBound {
      if Int(codes[position]) == number { total &+= 1 }
      position &+= 1
    }
    return total
  }
}

import PromQL
import Testing

@Suite("Native histograms")
struct HistogramTests {
  /// A histogram of integer counts, so that sums of any order are exact.
  private static func random(_ generator: inout SeededGenerator, schema: Int32) -> NativeHistogram {
    var histogram = NativeHistogram(schema: schema)
    func counts() -> [Double] {
      (0..<Int.random(in: 1...12, using: &generator)).map { _ in Double(Int.random(in: 1...9, using: &generator)) }
    }
    histogram.positiveBuckets = counts()
    histogram.positiveSpans = [
      .init(offset: Int32.random(in: -9...9, using: &generator), length: UInt32(histogram.positiveBuckets.count))
    ]
    histogram.negativeBuckets = counts()
    histogram.negativeSpans = [
      .init(offset: Int32.random(in: -9...9, using: &generator), length: UInt32(histogram.negativeBuckets.count))
    ]
    histogram.zeroCount = Double(Int.random(in: 0...9, using: &generator))
    histogram.zeroThreshold = [0, 0.001, 0.3][Int.random(in: 0..<3, using: &generator)]
    histogram.count =
      histogram.zeroCount + histogram.positiveBuckets.reduce(0, +) + histogram.negativeBuckets.reduce(0, +)
    histogram.sum = Double(Int.random(in: -99...99, using: &generator))
    return histogram
  }

  @Test("sums do not depend on the order, keep every observation, and take the lower resolution", arguments: 1...200)
  func addition(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let left = Self.random(&generator, schema: Int32.random(in: -2...3, using: &generator))
    let right = Self.random(&generator, schema: Int32.random(in: -2...3, using: &generator))
    let sum = try left.adding(right).histogram
    #expect(sum.matches(try right.adding(left).histogram), "seed \(seed)")
    #expect(sum.schema == min(left.schema, right.schema))
    #expect(sum.count == left.count + right.count && sum.sum == left.sum + right.sum)
    let observations = sum.positiveBuckets.reduce(0, +) + sum.negativeBuckets.reduce(0, +) + sum.zeroCount
    #expect(observations == sum.count, "seed \(seed)")
    #expect(!sum.isReset(since: left) && !sum.isReset(since: right), "seed \(seed)")
    #expect(left.isReset(since: sum), "seed \(seed)")
    let difference = try sum.subtracting(right).histogram
    #expect(difference.count == left.count && difference.sum == left.sum)
  }

  @Test("custom buckets with other bounds meet at the bounds they share")
  func customBounds() throws {
    var left = NativeHistogram(schema: NativeHistogram.customBucketsSchema)
    left.customBounds = [1, 2, 5]
    left.positiveBuckets = [1, 2, 3, 4]
    left.positiveSpans = [.init(offset: 0, length: 4)]
    left.count = 10
    var right = left
    right.customBounds = [2, 3, 5]
    let (sum, isReconciled, _) = try left.adding(right)
    #expect(isReconciled)
    #expect(sum.customBounds == [2, 5])
    #expect(sum.positiveBuckets == [4, 8, 8])
    #expect(throws: HistogramConflict.self) { try left.adding(NativeHistogram(schema: 0)) }
  }
}

/// A native histogram with counts in double precision, as Prometheus computes with them.
///
/// Schemas −4 … 8 are exponential: bucket `i` of the positive range ends at `2^(i × 2^−schema)`. Schema −53 has custom
/// buckets: bucket `i` ends at `customBounds[i]`, the last one at infinity, and there is neither a zero bucket nor a
/// negative range.
package struct NativeHistogram: Sendable, Equatable {
  /// What is known about a counter reset between this histogram and the one before it.
  package enum ResetHint: UInt8, Sendable {
    case unknown = 0
    case reset = 1
    case noReset = 2
    case gauge = 3
  }

  /// A run of consecutive buckets that begins `offset` buckets after the end of the run before (the first: at index
  /// `offset`).
  package struct Span: Sendable, Equatable {
    package var offset: Int32
    package var length: UInt32

    package init(offset: Int32, length: UInt32) {
      self.offset = offset
      self.length = length
    }
  }

  package static let customBucketsSchema: Int32 = -53

  package var resetHint = ResetHint.unknown
  package var schema: Int32
  package var zeroThreshold = 0.0
  package var zeroCount = 0.0
  package var count = 0.0
  package var sum = 0.0
  package var positiveSpans: [Span] = []
  package var negativeSpans: [Span] = []
  /// Absolute counts, one a bucket of the spans.
  package var positiveBuckets: [Double] = []
  package var negativeBuckets: [Double] = []
  /// Upper bounds of custom buckets, ascending, without infinity.
  package var customBounds: [Double] = []

  package init(schema: Int32) { self.schema = schema }
}

/// Neighbouring rows of one input that stand one after the other in the output.
struct MergeSegment: Equatable {
  /// Number of the input.
  let input: Int
  /// Rows of the input, counted over its blocks.
  let start: Int
  var count: Int

  var end: Int { start + count }
}

/// Neighbouring rows of one input with one key (resource, trace or series), ascending by time.
struct MergeRun {
  /// Code of the key, the same in all inputs.
  let key: UInt32
  let input: UInt32
  let start: UInt32
  var count: UInt32
  let first: Int64
  var last: Int64

  var segment: MergeSegment { MergeSegment(input: Int(input), start: Int(start), count: Int(count)) }
}

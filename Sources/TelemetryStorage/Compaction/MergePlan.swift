/// The order of the output rows as segments of the inputs.
///
/// Runs of one key that do not overlap in time (the usual case: inputs are flushes one after the other) are taken whole;
/// the others are merged by (time, input, row), so that rows of one time keep the order in which they came.
struct MergePlan {
  private(set) var segments: [MergeSegment] = []
  private var times: [MergeTimes]

  /// - Parameter runs: in the order of the output.
  init(_ runs: [MergeRun], of inputs: [MergeInput]) throws(StorageError) {
    times = inputs.map { MergeTimes($0) }
    var index = 0
    while index < runs.count {
      var end = index + 1
      var last = runs[index].last
      while end < runs.count, runs[end].key == runs[index].key, runs[end].first <= last {
        last = max(last, runs[end].last)
        end += 1
      }
      if end == index + 1 { append(runs[index].segment) } else { try merge(runs[index..<end]) }
      index = end
    }
  }

  private mutating func append(_ segment: MergeSegment) {
    if let last = segments.indices.last, segments[last].input == segment.input, segments[last].end == segment.start {
      segments[last].count += segment.count
    } else {
      segments.append(segment)
    }
  }

  /// Where the merge stands in one run.
  private struct Head {
    let input: Int
    var row: Int
    let end: Int
    var time: Int64

    func precedes(_ other: Head) -> Bool { (time, input, row) < (other.time, other.input, other.row) }
  }

  private mutating func merge(_ runs: ArraySlice<MergeRun>) throws(StorageError) {
    var heads = runs.map { run in
      Head(input: Int(run.input), row: Int(run.start), end: Int(run.start + run.count), time: run.first)
    }
    heads.sort { $0.precedes($1) }
    while heads.count > 1 {
      var head = heads[0]
      let next = heads[1]
      let start = head.row
      repeat {
        head.row += 1
        if head.row == head.end { break }
        head.time = try times[head.input].time(ofRow: head.row)
      } while head.precedes(next)
      append(MergeSegment(input: head.input, start: start, count: head.row - start))
      heads.removeFirst()
      if head.row == head.end { continue }
      var position = heads.startIndex
      while position < heads.endIndex, heads[position].precedes(head) { position += 1 }
      heads.insert(head, at: position)
    }
    if let head = heads.first {
      append(MergeSegment(input: head.input, start: head.row, count: head.end - head.row))
    }
  }
}

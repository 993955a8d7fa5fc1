/// The samples of the lines of one range aggregation, series by series.
struct SampleTable {
  /// One sample.
  struct Sample {
    let time: Int64
    let value: Double
  }

  /// One series under way.
  struct Entry {
    let labels: LabelSet
    var samples: [Sample] = []
    var buckets = BucketSums()
  }

  private(set) var entries: [Entry] = []
  private var indexes: [LabelSet: Int] = [:]
  private let seriesLimit: Int
  private let operation: String

  init(seriesLimit: Int, operation: String) {
    self.seriesLimit = seriesLimit
    self.operation = operation
  }

  /// The series of labels, made when it is new.
  mutating func index(of labels: LabelSet) throws(LogQLError) -> Int {
    if let known = indexes[labels] { return known }
    guard entries.count < seriesLimit else {
      throw .limit(
        operation: operation, message: "maximum number of series (\(seriesLimit)) reached for a single query")
    }
    indexes[labels] = entries.count
    entries.append(Entry(labels: labels))
    return entries.count - 1
  }

  mutating func add(_ sample: Sample, to index: Int) { entries[index].samples.append(sample) }

  mutating func add(_ value: Double, count: Double, bucket: Int64, to index: Int) {
    entries[index].buckets.add(value, count: count, bucket: bucket)
  }
}

/// Sums and counts by bucket of time.
struct BucketSums {
  /// One bucket.
  struct Bucket {
    let index: Int64
    var sum: Double
    var count: Double
  }

  private(set) var buckets: [Bucket] = []
  private var positions: [Int64: Int] = [:]

  mutating func add(_ value: Double, count: Double, bucket: Int64) {
    if let last = buckets.last, last.index == bucket {
      buckets[buckets.count - 1].sum += value
      buckets[buckets.count - 1].count += count
    } else if let position = positions[bucket] {
      buckets[position].sum += value
      buckets[position].count += count
    } else {
      positions[bucket] = buckets.count
      buckets.append(Bucket(index: bucket, sum: value, count: count))
    }
  }

  /// The buckets in order of time.
  var sorted: [Bucket] { buckets.sorted { $0.index < $1.index } }
}

package import TelemetryModel

/// One data point, read from the columns of a series' batch.
package struct MetricPoint: Sendable {
  package var time: Int64
  /// 0 when unknown.
  package var startTime: Int64
  /// Of gauges and sums.
  package var value: Double?
  /// Of histograms and summaries.
  package var count: Double?
  package var sum: Double?
  package var minimum: Double?
  package var maximum: Double?
  package var explicit: [Double]?
  package var exponential: ExponentialBuckets?
  /// Of summaries: quantile and value.
  package var quantiles: [(quantile: Double, value: Double)] = []

  package init(time: Int64, startTime: Int64) {
    self.time = time
    self.startTime = startTime
  }

  /// What the point counts or shows as a whole: the value, or the count of a histogram.
  package var total: Double? { value ?? count }
}

/// Reads the points of a batch. Damaged bytes read as absent values.
package struct MetricPointReader {
  private let batch: RecordBatch
  private let times: [Int64]
  private let columns: [FieldReference: [Column]]

  package init(_ batch: RecordBatch) {
    self.batch = batch
    times = batch.times
    var columns: [FieldReference: [Column]] = [:]
    for column in batch.columns where column.key.scope == .intrinsic {
      columns[FieldReference(.intrinsic, column.key.name), default: []].append(column)
    }
    self.columns = columns
  }

  /// Every point, in the batch's order.
  package func points() -> [MetricPoint] { (0..<min(batch.rowCount, times.count)).map(point) }

  private func point(_ row: Int) -> MetricPoint {
    var point = MetricPoint(time: times[row], startTime: integer(Field.startTime, row) ?? 0)
    point.value = number(Field.value, row)
    point.count = number(Field.count, row)
    point.sum = number(Field.sum, row)
    point.minimum = number(Field.minimum, row)
    point.maximum = number(Field.maximum, row)
    if let bytes = bytes(Field.bucketCounts, row) { point.explicit = Varints.decode(bytes) }
    if let scale = integer(Field.scale, row) {
      point.exponential = ExponentialBuckets(
        scale: Int(clamping: scale), zeroCount: number(Field.zeroCount, row) ?? 0,
        zeroThreshold: number(Field.zeroThreshold, row) ?? 0,
        positive: buckets(Field.positiveOffset, Field.positiveCounts, row),
        negative: buckets(Field.negativeOffset, Field.negativeCounts, row))
    }
    if let bytes = bytes(Field.quantiles, row) { point.quantiles = MetricPointReader.pairs(bytes) }
    return point
  }

  private func buckets(_ offset: FieldReference, _ counts: FieldReference, _ row: Int) -> [Int: Double] {
    guard let bytes = bytes(counts, row) else { return [:] }
    let first = Int(Int32(clamping: integer(offset, row) ?? 0))
    var result: [Int: Double] = [:]
    for (index, count) in Varints.decode(bytes).enumerated() where count > 0 { result[first + index] = count }
    return result
  }

  private func number(_ field: FieldReference, _ row: Int) -> Double? {
    for column in columns[field] ?? [] {
      guard let index = column.index(ofRow: row) else { continue }
      switch column.values {
      case .int64(let numbers): return Double(numbers[index])
      case .double(let numbers): return numbers[index]
      default: continue
      }
    }
    return nil
  }

  private func integer(_ field: FieldReference, _ row: Int) -> Int64? {
    for column in columns[field] ?? [] {
      if case .int64(let numbers) = column.values, let index = column.index(ofRow: row) { return numbers[index] }
    }
    return nil
  }

  private func bytes(_ field: FieldReference, _ row: Int) -> ArraySlice<UInt8>? {
    for column in columns[field] ?? [] {
      guard let index = column.index(ofRow: row) else { continue }
      switch column.values {
      case .bytes(let values): return values[index]
      case .dictionary(let codes, let distinct): return distinct[Int(codes[index])]
      default: continue
      }
    }
    return nil
  }

  private static func pairs(_ bytes: ArraySlice<UInt8>) -> [(quantile: Double, value: Double)] {
    let numbers = stride(from: bytes.startIndex, to: bytes.endIndex - 7, by: 8).map { start in
      Double(bitPattern: (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64($1 * 8) })
    }
    return stride(from: 0, to: numbers.count - 1, by: 2).map { (numbers[$0], numbers[$0 + 1]) }
  }
}

/// Varints one after another, as bucket counts are stored.
package enum Varints {
  /// The numbers; reading ends at damage.
  package static func decode(_ bytes: ArraySlice<UInt8>) -> [Double] {
    var numbers: [Double] = []
    var value: UInt64 = 0
    var shift: UInt64 = 0
    for byte in bytes {
      guard shift < 64 else { return numbers }
      value |= UInt64(byte & 0x7f) << shift
      shift += 7
      if byte < 0x80 {
        numbers.append(Double(value))
        value = 0
        shift = 0
      }
    }
    return numbers
  }
}

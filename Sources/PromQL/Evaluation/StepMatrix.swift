/// A sample without its time.
enum Sample {
  case float(Double)
  /// Apart, so that floats, which are many, are small.
  indirect case histogram(NativeHistogram)
}

/// What a cell of a matrix holds.
enum SampleKind: UInt8 {
  case absent
  case float
  case histogram
}

/// Series over the steps of a query, row by row.
///
/// Row `r`, step `s` stands in cell `r * stepCount + s`. A cell of kind `histogram` has in `values` the bits of its place in
/// `histograms`, which cells may share.
struct StepMatrix {
  let stepCount: Int
  var labels: [Labels] = []
  /// Whether the row's metric name is to be dropped before it is shown.
  var dropsName: [Bool] = []
  var kinds: [SampleKind] = []
  var values: [Double] = []
  private(set) var histograms: [NativeHistogram] = []

  init(stepCount: Int) { self.stepCount = stepCount }

  var rowCount: Int { labels.count }
  var byteCount: Int { kinds.count * 9 + histograms.count * 256 }

  func row(_ row: Int) -> Range<Int> { row * stepCount..<(row + 1) * stepCount }

  mutating func reserve(rows: Int) {
    labels.reserveCapacity(rows)
    dropsName.reserveCapacity(rows)
    kinds.reserveCapacity(rows * stepCount)
    values.reserveCapacity(rows * stepCount)
  }

  /// Adds a row without samples and returns its first cell.
  @discardableResult
  mutating func addRow(_ labels: Labels, dropsName: Bool) -> Int {
    let cell = kinds.count
    self.labels.append(labels)
    self.dropsName.append(dropsName)
    kinds.append(contentsOf: repeatElement(.absent, count: stepCount))
    values.append(contentsOf: repeatElement(0, count: stepCount))
    return cell
  }

  mutating func removeLastRow() {
    labels.removeLast()
    dropsName.removeLast()
    kinds.removeLast(stepCount)
    values.removeLast(stepCount)
  }

  @inline(__always)
  mutating func set(_ cell: Int, _ value: Double) {
    kinds[cell] = .float
    values[cell] = value
  }

  mutating func set(_ cell: Int, _ histogram: NativeHistogram) {
    kinds[cell] = .histogram
    values[cell] = Double(bitPattern: UInt64(histograms.count))
    histograms.append(histogram)
  }

  mutating func set(_ cell: Int, _ sample: Sample) {
    switch sample {
    case .float(let value): set(cell, value)
    case .histogram(let histogram): set(cell, histogram)
    }
  }

  /// Copies a cell of another matrix.
  mutating func copy(_ cell: Int, from other: StepMatrix, _ source: Int) {
    switch other.kinds[source] {
    case .absent: break
    case .float: set(cell, other.values[source])
    case .histogram: set(cell, other.histogram(source))
    }
  }

  func histogram(_ cell: Int) -> NativeHistogram { histograms[Int(values[cell].bitPattern)] }

  func sample(_ cell: Int) -> Sample? {
    switch kinds[cell] {
    case .absent: nil
    case .float: .float(values[cell])
    case .histogram: .histogram(histogram(cell))
    }
  }

  mutating func clear(_ cell: Int) { kinds[cell] = .absent }

  func hasSample(inRow row: Int) -> Bool { self.row(row).contains { kinds[$0] != .absent } }

  /// One step repeated over many.
  func broadcast(to stepCount: Int) -> StepMatrix {
    var result = StepMatrix(stepCount: stepCount)
    result.labels = labels
    result.dropsName = dropsName
    result.histograms = histograms
    result.kinds.reserveCapacity(kinds.count * stepCount)
    result.values.reserveCapacity(kinds.count * stepCount)
    for cell in kinds.indices {
      result.kinds.append(contentsOf: repeatElement(kinds[cell], count: stepCount))
      result.values.append(contentsOf: repeatElement(values[cell], count: stepCount))
    }
    return result
  }

  /// The rows in another order, or some of them.
  func rows(_ order: [Int]) -> StepMatrix {
    var result = StepMatrix(stepCount: stepCount)
    result.reserve(rows: order.count)
    result.histograms = histograms
    for row in order {
      result.labels.append(labels[row])
      result.dropsName.append(dropsName[row])
      result.kinds.append(contentsOf: kinds[self.row(row)])
      result.values.append(contentsOf: values[self.row(row)])
    }
    return result
  }

  /// Rows without samples removed.
  func withoutEmptyRows() -> StepMatrix {
    let kept = (0..<rowCount).filter { hasSample(inRow: $0) }
    return kept.count == rowCount ? self : rows(kept)
  }

  /// Rows with the same labels joined; nil when two of them have a sample at the same step.
  func merged() -> StepMatrix? {
    var targets: [Labels: Int] = [:]
    targets.reserveCapacity(rowCount)
    var isUnique = true
    for row in 0..<rowCount where targets.updateValue(row, forKey: labels[row]) != nil { isUnique = false }
    if isUnique { return self }
    targets = [:]
    var result = StepMatrix(stepCount: stepCount)
    for row in 0..<rowCount {
      guard let target = targets[labels[row]] else {
        targets[labels[row]] = result.rowCount
        let cell = result.addRow(labels[row], dropsName: dropsName[row])
        for step in 0..<stepCount { result.copy(cell + step, from: self, row * stepCount + step) }
        continue
      }
      result.dropsName[target] = result.dropsName[target] || dropsName[row]
      for step in 0..<stepCount where kinds[row * stepCount + step] != .absent {
        let cell = target * stepCount + step
        guard result.kinds[cell] == .absent else { return nil }
        result.copy(cell, from: self, row * stepCount + step)
      }
    }
    return result
  }
}

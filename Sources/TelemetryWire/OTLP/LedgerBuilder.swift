/// Counts what a walk changed or refused. Nothing happens here for a body without faults.
struct LedgerBuilder {
  private static let sampleBytes = 96

  private var counts = [Int](repeating: 0, count: LedgerReason.allCases.count)
  private var samples = [String](repeating: "", count: LedgerReason.allCases.count)
  /// All notes so far: differs before and after a walk that noted something.
  private(set) var noteCount = 0

  /// Counts one occurrence, or `count`; the first one of a reason keeps its sample.
  @inline(never)
  mutating func note(_ reason: LedgerReason, count: Int = 1, _ sample: @autoclosure () -> String) {
    let index = reason.rawValue
    if counts[index] == 0 { samples[index] = sample() }
    counts[index] &+= count
    noteCount &+= 1
  }

  /// The same with the text in `range` as sample, cut to some length.
  @inline(never)
  mutating func note(_ reason: LedgerReason, _ bytes: RawSpan, _ range: WireRange) {
    let index = reason.rawValue
    if counts[index] == 0 { samples[index] = bytes.text(range.start, range.end, limit: LedgerBuilder.sampleBytes) }
    counts[index] &+= 1
    noteCount &+= 1
  }

  func count(_ reason: LedgerReason) -> Int { counts[reason.rawValue] }

  /// Rows refused in all.
  var rejectedCount: Int {
    var sum = 0
    for reason in LedgerReason.allCases where reason.action == .rejected { sum += counts[reason.rawValue] }
    return sum
  }

  /// Why rows were refused, for the sender; nil when none was.
  var rejectedMessage: String? {
    var parts: [String] = []
    for reason in LedgerReason.allCases where reason.action == .rejected && counts[reason.rawValue] > 0 {
      let sample = samples[reason.rawValue]
      parts.append("\(reason.name) (\(counts[reason.rawValue])\(sample.isEmpty ? "" : ", first: \(sample)"))")
    }
    return parts.isEmpty ? nil : "rejected: " + parts.joined(separator: "; ")
  }

  var entries: [LedgerEntry] {
    guard noteCount > 0 else { return [] }
    return LedgerReason.allCases.filter { counts[$0.rawValue] > 0 }.map { reason in
      LedgerEntry(
        reason: reason.name, action: reason.action, count: counts[reason.rawValue], sample: samples[reason.rawValue])
    }
  }

  mutating func reset() {
    guard noteCount > 0 else { return }
    self = LedgerBuilder()
  }
}

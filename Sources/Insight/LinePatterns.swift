/// The patterns that lines follow, found as they are read: words that differ between alike lines become `<_>`.
///
/// Lines are alike when they have equally many words, begin with the same word, and agree in at least half of their words
/// (the algorithm Drain with a tree of two levels).
package struct LinePatterns: Sendable {
  /// One pattern with the lines that follow it.
  package struct Pattern: Sendable {
    /// nil: a place where the lines differ.
    fileprivate(set) var words: [String?]
    /// Lines by the time bucket they fall in, counted from the beginning of 1970.
    package fileprivate(set) var counts: [Int64: Int] = [:]
    package fileprivate(set) var lineCount = 0

    /// The pattern as Loki writes it.
    package var text: String { words.map { $0 ?? "<_>" }.joined(separator: " ") }
  }

  private struct Group: Hashable {
    let wordCount: Int
    /// nil: a word with a digit, which is likely to be a value.
    let first: String?
  }

  /// Patterns that are kept; lines beyond it count for none.
  private static let patternLimit = 1_000
  /// Words of a line that are looked at.
  private static let wordLimit = 100

  private let bucketWidth: Int64
  private var groups: [Group: [Int]] = [:]
  private var patterns: [Pattern] = []

  /// - Parameter bucketWidth: nanoseconds, positive.
  package init(bucketWidth: Int64) { self.bucketWidth = max(1, bucketWidth) }

  /// Adds a line; `time` is nanoseconds since 1970.
  package mutating func add(_ line: String, at time: Int64) {
    let words = line.split(separator: " ", maxSplits: LinePatterns.wordLimit).map(String.init)
    guard let first = words.first else { return }
    let group = Group(wordCount: words.count, first: LinePatterns.isValue(first) ? nil : first)
    let bucket = time.quotientAndRemainder(dividingBy: bucketWidth)
    guard let index = place(words, group) else { return }
    patterns[index].counts[bucket.remainder < 0 ? bucket.quotient - 1 : bucket.quotient, default: 0] += 1
    patterns[index].lineCount += 1
  }

  /// The pattern that a line follows, made when there is none; nil when there are too many.
  private mutating func place(_ words: [String], _ group: Group) -> Int? {
    var best: (index: Int, equal: Int)?
    for index in groups[group] ?? [] {
      let equal = zip(patterns[index].words, words).count { $0 == $1 }
      if equal > best?.equal ?? -1 { best = (index, equal) }
    }
    let values = words.count(where: LinePatterns.isValue)
    if let best, 2 * (best.equal + values) >= words.count {
      for (place, word) in words.enumerated() where patterns[best.index].words[place] != word {
        patterns[best.index].words[place] = nil
      }
      return best.index
    }
    guard patterns.count < LinePatterns.patternLimit else { return nil }
    patterns.append(Pattern(words: words.map { LinePatterns.isValue($0) ? nil : $0 }))
    groups[group, default: []].append(patterns.count - 1)
    return patterns.count - 1
  }

  private static func isValue(_ word: String) -> Bool { word.utf8.contains { $0 >= 0x30 && $0 <= 0x39 } }

  /// The patterns that at least two lines follow, the commonest first.
  package var common: [Pattern] {
    patterns.filter { $0.lineCount > 1 }.sorted { ($1.lineCount, $0.text) < ($0.lineCount, $1.text) }
  }
}

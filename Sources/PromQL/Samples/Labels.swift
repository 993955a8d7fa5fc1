import TelemetryModel

/// The labels of a series: sorted by name (byte order), each name once, no empty values. The metric's name is `__name__`.
///
/// Names and values are told apart by their bytes. The hash is computed once, and adds up from those of the pairs, so that
/// labels with a pair more or less get theirs from it.
package struct Labels: Sendable, Hashable {
  /// One name with its value.
  package struct Pair: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }

    var contentHash: UInt64 {
      ContentHash.mix(ContentHash.of(name) ^ 0x9e37_79b9_7f4a_7c15, ContentHash.of(value))
    }

    @inline(__always)
    package static func == (left: Pair, right: Pair) -> Bool {
      ByteText.isEqual(left.name, right.name) && ByteText.isEqual(left.value, right.value)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(contentHash) }
  }

  package static let metricName = "__name__"
  package static let none = Labels(sorted: [])

  package let pairs: [Pair]
  /// Sum of those of the pairs.
  let contentHash: UInt64

  /// Sorts; of a name that comes twice the last value stays; empty values are absent labels.
  package init(_ pairs: some Sequence<Pair>) {
    var sorted: [Pair] = []
    let ordered = pairs.enumerated().sorted { left, right in
      ByteText.isEqual(left.element.name, right.element.name)
        ? left.offset < right.offset : ByteText.precedes(left.element.name, right.element.name)
    }
    for (_, pair) in ordered {
      if let last = sorted.last, ByteText.isEqual(last.name, pair.name) { sorted.removeLast() }
      sorted.append(pair)
    }
    self.init(sorted: sorted.filter { !$0.value.isEmpty })
  }

  /// Takes pairs that are in order already.
  package init(sorted pairs: [Pair]) {
    self.pairs = pairs
    var hash: UInt64 = 0
    for pair in pairs { hash &+= pair.contentHash }
    contentHash = hash
  }

  /// Takes pairs that are in order already, and the sum of their hashes.
  init(sorted pairs: [Pair], contentHash: UInt64) {
    self.pairs = pairs
    self.contentHash = contentHash
  }

  package static func == (left: Labels, right: Labels) -> Bool {
    guard left.contentHash == right.contentHash, left.pairs.count == right.pairs.count else { return false }
    for index in left.pairs.indices where left.pairs[index] != right.pairs[index] { return false }
    return true
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(contentHash) }

  /// The place of `name` among the pairs; nil when there is no such label. Cost: linear, since series have few labels.
  func place(of name: String) -> Int? {
    for index in pairs.indices where ByteText.isEqual(pairs[index].name, name) { return index }
    return nil
  }

  /// The value of `name`; nil when there is no such label.
  package subscript(name: String) -> String? { place(of: name).map { pairs[$0].value } }

  package var name: String { self[Labels.metricName] ?? "" }
}

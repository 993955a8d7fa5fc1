/// The labels of a series: sorted by name (byte order), each name once, no empty values. The metric's name is `__name__`.
package struct Labels: Sendable, Hashable {
  /// One name with its value.
  package struct Pair: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package static let metricName = "__name__"
  package static let none = Labels(sorted: [])

  package let pairs: [Pair]

  /// Sorts; of a name that comes twice the last value stays; empty values are absent labels.
  package init(_ pairs: some Sequence<Pair>) {
    var sorted: [Pair] = []
    let ordered = pairs.enumerated().sorted { left, right in
      left.element.name == right.element.name
        ? left.offset < right.offset : left.element.name.utf8.lexicographicallyPrecedes(right.element.name.utf8)
    }
    for (_, pair) in ordered {
      if sorted.last?.name == pair.name { sorted.removeLast() }
      sorted.append(pair)
    }
    self.pairs = sorted.filter { !$0.value.isEmpty }
  }

  /// Takes pairs that are in order already.
  package init(sorted pairs: [Pair]) { self.pairs = pairs }

  /// The value of `name`; nil when there is no such label. Cost: linear, since series have few labels.
  package subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

  package var name: String { self[Labels.metricName] ?? "" }
}

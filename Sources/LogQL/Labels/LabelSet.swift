/// The labels of a result: sorted by name, each name once.
package struct LabelSet: Sendable, Hashable {
  /// One label.
  package struct Label: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package let labels: [Label]

  /// - Parameter labels: in any order; of a name that comes twice the last one counts.
  package init(_ labels: [Label]) {
    var result: [Label] = []
    result.reserveCapacity(labels.count)
    for label in labels {
      // Most come in order already.
      guard let last = result.last, !LabelSet.precedes(last.name, label.name) else {
        result.append(label)
        continue
      }
      var low = 0
      var high = result.count
      while low < high {
        let middle = (low + high) / 2
        if LabelSet.precedes(result[middle].name, label.name) { low = middle + 1 } else { high = middle }
      }
      if result[low].name == label.name { result[low] = label } else { result.insert(label, at: low) }
    }
    self.labels = result
  }

  package static let none = LabelSet([])

  package subscript(name: String) -> String? { labels.first { $0.name == name }?.value }

  /// The labels with these names; names that are missing stay missing.
  package func keeping(_ names: Set<String>) -> LabelSet { LabelSet(labels.filter { names.contains($0.name) }) }

  /// The labels without these names.
  package func removing(_ names: Set<String>) -> LabelSet { LabelSet(labels.filter { !names.contains($0.name) }) }

  /// The labels with one set to a value; an empty value removes it.
  package func setting(_ name: String, to value: String) -> LabelSet {
    var rest = labels.filter { $0.name != name }
    if !value.isEmpty { rest.append(Label(name, value)) }
    return LabelSet(rest)
  }

  /// The labels that a grouping leaves.
  package func grouped(by grouping: Grouping?) -> LabelSet {
    guard let grouping else { return .none }
    return grouping.isWithout ? removing(Set(grouping.labels)) : keeping(Set(grouping.labels))
  }

  /// Whether one name stands before another in a sorted set: by bytes.
  static func precedes(_ left: String, _ right: String) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }

  /// An order of sets: label by label, by name and then by value.
  package static func isBefore(_ left: LabelSet, _ right: LabelSet) -> Bool {
    for (one, other) in zip(left.labels, right.labels) {
      if one.name != other.name { return precedes(one.name, other.name) }
      if one.value != other.value { return precedes(one.value, other.value) }
    }
    return left.labels.count < right.labels.count
  }

  /// `{a="b", c="d"}`.
  package var text: String {
    "{" + labels.map { "\($0.name)=\(QuotedText.quoted($0.value))" }.joined(separator: ", ") + "}"
  }
}

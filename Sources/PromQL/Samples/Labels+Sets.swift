extension Labels {
  /// The labels without one name.
  package func without(_ name: String) -> Labels {
    guard let index = pairs.firstIndex(where: { $0.name == name }) else { return self }
    var pairs = pairs
    pairs.remove(at: index)
    return Labels(sorted: pairs)
  }

  /// The labels without the metric's name, type and unit, which fit a changed quantity no longer.
  package var withoutMetadata: Labels {
    guard pairs.contains(where: { Self.isMetadata($0.name) }) else { return self }
    return Labels(sorted: pairs.filter { !Self.isMetadata($0.name) })
  }

  private static func isMetadata(_ name: String) -> Bool {
    name.hasPrefix("__") && (name == metricName || name == "__type__" || name == "__unit__")
  }

  /// Only the labels of these names.
  package func keeping(_ names: [String]) -> Labels {
    Labels(sorted: pairs.filter { names.contains($0.name) })
  }

  /// The labels but those of these names and the metric's name.
  package func matching(ignoring names: [String]) -> Labels {
    Labels(sorted: pairs.filter { $0.name != Labels.metricName && !names.contains($0.name) })
  }

  /// The labels with one set to `value`; an empty value removes it.
  package func setting(_ name: String, _ value: String) -> Labels {
    var pairs = pairs
    let index = pairs.firstIndex { !$0.name.utf8.lexicographicallyPrecedes(name.utf8) } ?? pairs.count
    if index < pairs.count, pairs[index].name == name { pairs.remove(at: index) }
    if !value.isEmpty { pairs.insert(Pair(name, value), at: index) }
    return Labels(sorted: pairs)
  }

  /// Order of names and values, byte by byte; fewer labels come first.
  package func precedes(_ other: Labels) -> Bool {
    for (left, right) in zip(pairs, other.pairs) {
      if left.name != right.name { return left.name.utf8.lexicographicallyPrecedes(right.name.utf8) }
      if left.value != right.value { return left.value.utf8.lexicographicallyPrecedes(right.value.utf8) }
    }
    return pairs.count < other.pairs.count
  }

  /// The labels as error messages show them: `{a="b", c="d"}`.
  package var text: String {
    let parts = pairs.map { pair in
      let isPlain = pair.name.utf8.allSatisfy { byte in
        switch Unicode.Scalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
      }
      return "\(isPlain ? pair.name : GoText.quoted(pair.name))=\(GoText.quoted(pair.value))"
    }
    return "{\(parts.joined(separator: ", "))}"
  }
}

extension LabelMatcher {
  /// The matcher as a selector shows it.
  package var text: String {
    switch condition {
    case .equal(let value): "\(name)=\(GoText.quoted(value))"
    case .notEqual(let value): "\(name)!=\(GoText.quoted(value))"
    case .matches(_, let pattern): "\(name)=~\(GoText.quoted(pattern))"
    case .notMatches(_, let pattern): "\(name)!~\(GoText.quoted(pattern))"
    }
  }
}

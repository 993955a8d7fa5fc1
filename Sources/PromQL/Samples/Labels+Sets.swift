extension Labels {
  /// The labels without one name.
  package func without(_ name: String) -> Labels {
    guard let place = place(of: name) else { return self }
    var pairs = pairs
    let removed = pairs.remove(at: place)
    return Labels(sorted: pairs, contentHash: contentHash &- removed.contentHash)
  }

  /// The labels without some names.
  package func without(_ names: [String]) -> Labels {
    let names = ByteTextSet(names)
    return Labels(sorted: pairs.filter { !names.contains($0.name) })
  }

  /// The labels without the metric's name, type and unit, which fit a changed quantity no longer.
  package var withoutMetadata: Labels {
    var hash = contentHash
    for pair in pairs where Self.isMetadata(pair.name) { hash &-= pair.contentHash }
    if hash == contentHash { return self }
    return Labels(sorted: pairs.filter { !Self.isMetadata($0.name) }, contentHash: hash)
  }

  private static func isMetadata(_ name: String) -> Bool {
    name.utf8.count == 8 && name.utf8.first == 0x5f
      && (name == metricName || name == "__type__" || name == "__unit__")
  }

  /// Only the labels of these names.
  package func keeping(_ names: [String]) -> Labels {
    if names.isEmpty { return .none }
    let names = ByteTextSet(names)
    return Labels(sorted: pairs.filter { names.contains($0.name) })
  }

  /// The labels but those of these names and the metric's name.
  package func matching(ignoring names: [String]) -> Labels {
    let names = ByteTextSet(names)
    return Labels(sorted: pairs.filter { $0.name != Labels.metricName && !names.contains($0.name) })
  }

  /// The labels with one set to `value`; an empty value removes it.
  package func setting(_ name: String, _ value: String) -> Labels {
    var pairs = pairs
    let index = pairs.firstIndex { !ByteText.precedes($0.name, name) } ?? pairs.count
    if index < pairs.count, ByteText.isEqual(pairs[index].name, name) { pairs.remove(at: index) }
    if !value.isEmpty { pairs.insert(Pair(name, value), at: index) }
    return Labels(sorted: pairs)
  }

  /// Order of names and values, byte by byte; fewer labels come first.
  package func precedes(_ other: Labels) -> Bool {
    for (left, right) in zip(pairs, other.pairs) {
      if !ByteText.isEqual(left.name, right.name) { return ByteText.precedes(left.name, right.name) }
      if !ByteText.isEqual(left.value, right.value) { return ByteText.precedes(left.value, right.value) }
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

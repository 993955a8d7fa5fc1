/// `drop`: removes labels, by name or where their value matches.
struct DropStage: Stage {
  private let tests: [(name: String, test: TextTest?)]

  init(_ selections: [LabelSelection]) throws(StageError) { tests = try LabelSelection.tests(selections) }

  func process(_ row: inout PipelineRow) -> Bool {
    for (name, test) in tests {
      guard let test else {
        row.labels.remove(name)
        if name == RowLabels.errorName { row.labels.remove(RowLabels.errorDetailsName) }
        continue
      }
      if let value = row.labels[name], test.holds(value) { row.labels.remove(name) }
    }
    return true
  }
}

/// `keep`: removes all other labels. Labels that report failures stay.
struct KeepStage: Stage {
  private let tests: [(name: String, test: TextTest?)]

  init(_ selections: [LabelSelection]) throws(StageError) { tests = try LabelSelection.tests(selections) }

  func process(_ row: inout PipelineRow) -> Bool {
    row.labels.keep { entry in
      tests.contains { $0.name == entry.name && ($0.test?.holds(entry.value) ?? true) }
    }
    return true
  }
}

extension LabelSelection {
  /// The selections ready to run; no test for those by name alone.
  static func tests(_ selections: [LabelSelection]) throws(StageError) -> [(name: String, test: TextTest?)] {
    var tests: [(String, TextTest?)] = []
    for selection in selections {
      switch selection {
      case .name(let name): tests.append((name, nil))
      case .matcher(let matcher): tests.append((matcher.name, try TextTest(matcher)))
      }
    }
    return tests
  }
}

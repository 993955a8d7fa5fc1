import TelemetryModel

/// The matchers of a selector, asked of presented series.
struct SeriesMatcher: Sendable {
  /// Labels that a view adds to those that all views of a series share.
  private static let viewLabels: Set<String> = ["le", "quantile"]

  let matchers: [LabelMatcher]
  let nameMatchers: [LabelMatcher]
  private let viewMatchers: [LabelMatcher]
  private let baseMatchers: [LabelMatcher]

  init(_ matchers: [LabelMatcher]) {
    self.matchers = matchers
    nameMatchers = matchers.filter { $0.name == Labels.metricName }
    viewMatchers = matchers.filter { SeriesMatcher.viewLabels.contains($0.name) }
    baseMatchers = matchers.filter { $0.name != Labels.metricName && !SeriesMatcher.viewLabels.contains($0.name) }
  }

  /// The name that an equality matcher asks for.
  var wantedName: String? {
    for matcher in nameMatchers { if case .equal(let name) = matcher.condition { return name } }
    return nil
  }

  /// The matchers of labels that no view changes.
  var labelMatchers: [LabelMatcher] { baseMatchers }

  /// Whether the labels that all views share are accepted.
  func acceptsBase(_ labels: Labels) -> Bool { baseMatchers.allSatisfy { $0.accepts(labels[$0.name] ?? "") } }

  /// Whether a view of that name is accepted; `alias` is a second name in equality matchers only.
  func acceptsName(_ name: String, alias: String? = nil) -> Bool {
    nameMatchers.allSatisfy { matcher in
      if case .equal(let wanted) = matcher.condition, let alias, wanted == alias { return true }
      return matcher.accepts(name)
    }
  }

  /// Whether the view's own label, or none, is accepted beside the shared ones.
  func acceptsView(_ extra: Labels.Pair?, of labels: Labels) -> Bool {
    viewMatchers.allSatisfy { matcher in
      matcher.accepts(matcher.name == extra?.name ? extra?.value ?? "" : labels[matcher.name] ?? "")
    }
  }
}

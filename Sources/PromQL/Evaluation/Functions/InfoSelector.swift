internal import TelemetryText

/// Which series inform others, and which of their labels are wanted.
struct InfoSelector {
  /// Conditions on the metric's name.
  var names: [LabelMatcher]
  /// Conditions on other labels; only these labels are added, or all when there are none.
  var labels: [LabelMatcher]

  init(_ call: Call) {
    var matchers: [LabelMatcher] = []
    if call.arguments.count > 1, case .vectorSelector(let selector) = call.arguments[1].unwrapped {
      matchers = selector.matchers
    }
    names = matchers.filter { $0.name == Labels.metricName }
    labels = matchers.filter { $0.name != Labels.metricName }
    if names.isEmpty { names = [LabelMatcher(Labels.metricName, .equal("target_info"))] }
    if !names.contains(where: Self.isPositive), let suffix = try? RegularExpression("(?s:.+_info)", isAnchored: true) {
      names.append(LabelMatcher(Labels.metricName, .matches(suffix, pattern: ".+_info")))
    }
  }

  /// The number of what a call of `info` reads: selectors are numbered from zero, so that negative numbers are free.
  static func number(of call: Call) -> Int { -1 - call.range.start }

  private static func isPositive(_ matcher: LabelMatcher) -> Bool {
    switch matcher.condition {
    case .equal, .matches: true
    case .notEqual, .notMatches: false
    }
  }

  /// Whether a series of this name is itself one that informs.
  func selects(name: String) -> Bool { names.allSatisfy { $0.accepts(name) } }

  /// Whether a series without information is to be left out.
  var needsInformation: Bool { labels.contains { !$0.accepts("") } }
}

import TelemetryModel

/// The matchers of a selector, asked of presented series.
struct SeriesMatcher: Sendable {
  /// Labels that a view adds to those that all views of a series share.
  static let viewLabels: Set<String> = ["le", "quantile"]

  let matchers: [LabelMatcher]
  let nameMatchers: [LabelMatcher]
  /// Of labels that views add.
  let viewMatchers: [LabelMatcher]
  /// The matchers of labels that no view changes.
  let labelMatchers: [LabelMatcher]

  init(_ matchers: [LabelMatcher]) {
    self.matchers = matchers
    nameMatchers = matchers.filter { $0.name == Labels.metricName }
    viewMatchers = matchers.filter { SeriesMatcher.viewLabels.contains($0.name) }
    labelMatchers = matchers.filter { $0.name != Labels.metricName && !SeriesMatcher.viewLabels.contains($0.name) }
  }

  /// The name that an equality matcher asks for.
  var wantedName: String? {
    for matcher in nameMatchers { if case .equal(let name) = matcher.condition { return name } }
    return nil
  }

  /// Whether the labels that all views share are accepted.
  func acceptsBase(_ labels: Labels) -> Bool { labelMatchers.allSatisfy { $0.accepts(labels[$0.name] ?? "") } }

  /// Whether a view of that name is accepted; `alias` is a second name in equality matchers only.
  func acceptsName(_ name: String, alias: String? = nil) -> Bool {
    nameMatchers.allSatisfy { matcher in
      if case .equal(let wanted) = matcher.condition, let alias, ByteText.isEqual(wanted, alias) { return true }
      return matcher.accepts(name)
    }
  }

  /// Whether the view's own label, or none, is accepted beside the shared ones.
  func acceptsView(_ extra: Labels.Pair?, of labels: Labels) -> Bool {
    viewMatchers.allSatisfy { matcher in
      matcher.accepts(matcher.name == extra?.name ? extra?.value ?? "" : labels[matcher.name] ?? "")
    }
  }

  /// Which views of a series are accepted.
  ///
  /// The native histogram of an explicit histogram, its second appearance, answers only to a name that is asked for by
  /// equality, so that what names no metric, or names it by a pattern, counts nothing twice.
  func views(of metric: PresentedMetric, _ labels: Labels) -> AcceptedViews {
    var accepted = AcceptedViews()
    let acceptsPlain = acceptsView(nil, of: labels)
    switch metric.kind {
    case .untyped, .gauge, .sum, .exponentialHistogram:
      accepted.bare = acceptsPlain && acceptsName(metric.name, alias: metric.alias)
    case .histogram:
      accepted.bare = acceptsPlain && wantedName != nil && acceptsName(metric.name, alias: metric.alias)
      accepted.count = acceptsPlain && acceptsName(metric.count.pair.value)
      accepted.sum = acceptsPlain && acceptsName(metric.sum.pair.value)
      if acceptsName(metric.bucket.pair.value) {
        accepted.buckets = metric.bounded.indices.filter { acceptsView(metric.bounded[$0].pair, of: labels) }
      }
    case .summary:
      accepted.bare = acceptsName(metric.name, alias: metric.alias)
      accepted.count = acceptsPlain && acceptsName(metric.count.pair.value)
      accepted.sum = acceptsPlain && acceptsName(metric.sum.pair.value)
    case .metadata, .exemplars: break
    }
    return accepted
  }
}

/// The views of a series that matchers accept.
struct AcceptedViews: Sendable {
  /// The view of the metric's own name; of a summary its quantiles.
  var bare = false
  var count = false
  var sum = false
  /// Numbers of the buckets of an explicit histogram.
  var buckets: [Int] = []

  var isEmpty: Bool { !bare && !count && !sum && buckets.isEmpty }
}

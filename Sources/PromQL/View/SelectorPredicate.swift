import TelemetryModel
import TelemetryStore

/// What a selector asks of the store: a predicate that every wanted series matches, and as few others as can be told from
/// names that are not translated yet.
struct SelectorPredicate {
  private static let translatedKinds = [
    MetricKind.gauge, .sum, .histogram, .exponentialHistogram, .summary,
  ].map { AttributeValue.string($0.name) }
  /// More words than any name has; beyond it the nesting of the expression would grow without bound.
  private static let tokenLimit = 64

  let predicate: Predicate

  /// - Parameter verbatimKind: which series of remote write are asked for.
  init(_ matcher: SeriesMatcher, verbatimKind: MetricKind = .untyped) {
    var verbatim = [Predicate.equals(Field.metricKind, .string(verbatimKind.name))]
    var translated = [Predicate.memberOf(Field.metricKind, SelectorPredicate.translatedKinds)]
    if let name = matcher.wantedName {
      verbatim.append(.equals(Field.metricName, .string(name)))
      translated.append(SelectorPredicate.names(name))
    } else {
      for name in matcher.nameMatchers { verbatim.append(SelectorPredicate.test(Field.metricName, name)) }
    }
    for label in matcher.labelMatchers {
      verbatim.append(SelectorPredicate.test(FieldReference(.record, label.name), label))
      if let test = SelectorPredicate.translatedTest(label) { translated.append(test) }
    }
    predicate = .or([.and(verbatim), .and(translated)])
  }

  /// OpenTelemetry names that may be translated to `name` or to the name of a view: the same words between any separators,
  /// without some of the last ones, which may come from unit and type.
  private static func names(_ name: String) -> Predicate {
    let same = Predicate.equals(Field.metricName, .string(name))
    let tokens = MetricNaming.tokens(name)
    guard MetricNaming.isTranslated(name), !tokens.isEmpty, tokens.count <= tokenLimit else { return same }
    let separator = "[^a-zA-Z0-9:]"
    // `total` and `ratio` move to the end of a translated name from wherever they stand.
    let moved = "(?:\(separator)+(?:total|ratio))*"
    var pattern = ""
    for (index, token) in tokens.enumerated().reversed() {
      pattern = index == 0 ? token + moved + pattern : "(?:\(separator)+\(token)\(moved)\(pattern))?"
    }
    let leading = "\(separator)*(?:(?:total|ratio)\(separator)+)*"
    return .or([
      same, .text(Field.metricName, TextMatch(.regularExpression(leading + pattern + separator + "*", anchored: true))),
    ])
  }

  /// The test of a label whose value stands in one field, as the field's text.
  private static func test(_ field: FieldReference, _ matcher: LabelMatcher) -> Predicate {
    // An absent label counts as empty.
    let missing = matcher.accepts("") ? [Predicate.not(.exists(field))] : []
    switch matcher.condition {
    case .equal(let value):
      return value.isEmpty ? .or(missing + [equals(field, "")]) : equals(field, value)
    case .notEqual(let value): return .not(equals(field, value))
    case .matches(_, let pattern):
      return .or(missing + [.text(field, TextMatch(.regularExpression(dotAll(pattern), anchored: true)))])
    case .notMatches(_, let pattern):
      let match = Predicate.text(field, TextMatch(.regularExpression(dotAll(pattern), anchored: true)))
      return matcher.accepts("") ? .not(match) : .and([.exists(field), .not(match)])
    }
  }

  private static func equals(_ field: FieldReference, _ value: String) -> Predicate {
    .text(field, TextMatch(.equals(value)))
  }

  private static func dotAll(_ pattern: String) -> String { "(?s:\(pattern))" }

  /// The test of a label of translated series; nil when the attributes that may be behind it cannot be named.
  private static func translatedTest(_ matcher: LabelMatcher) -> Predicate? {
    // A label that may be absent tells too little.
    guard case .equal(let value) = matcher.condition, !value.isEmpty else { return nil }
    let own = FieldReference(.record, matcher.name)
    switch matcher.name {
    case "job": return .or([text(own, value), job(value)])
    case "instance":
      return .or([text(own, value), text(FieldReference(.resource, "service.instance.id"), value)])
    default:
      // Without an underscore in it, only an attribute of the very name becomes the label.
      return matcher.name.utf8.allSatisfy(MetricNaming.isLetterOrDigit) ? text(own, value) : nil
    }
  }

  private static func text(_ field: FieldReference, _ value: String) -> Predicate {
    // Numbers are written in more than one way, and the text of lists is not the store's.
    var tests = [Predicate.text(field, TextMatch(.equals(value)))]
    if let number = Double(value) { tests.append(.equals(field, .double(number))) }
    guard let first = value.utf8.first, first == UInt8(ascii: "[") || first == UInt8(ascii: "{") else {
      return .or(tests)
    }
    return .exists(field)
  }

  private static func job(_ value: String) -> Predicate {
    let name = FieldReference(.resource, "service.name")
    let space = FieldReference(.resource, "service.namespace")
    var choices = [text(name, value)]
    for slash in value.indices where value[slash] == "/" {
      choices.append(
        .and([text(space, String(value[..<slash])), text(name, String(value[value.index(after: slash)...]))]))
    }
    return .or(choices)
  }

  /// Every translated series of the resources that `target_info` may be wanted of.
  static func resources(_ matcher: SeriesMatcher) -> Predicate {
    var parts = [Predicate.memberOf(Field.metricKind, translatedKinds)]
    for label in matcher.labelMatchers {
      guard case .equal(let value) = label.condition, !value.isEmpty else { continue }
      if label.name == "job" { parts.append(job(value)) }
      if label.name == "instance" { parts.append(text(FieldReference(.resource, "service.instance.id"), value)) }
    }
    return .and(parts)
  }

  /// The series whose exemplars may be wanted.
  static func exemplars(_ matcher: SeriesMatcher) -> Predicate {
    SelectorPredicate(matcher, verbatimKind: .exemplars).predicate
  }
}

public import Tracing

/// Asks the sampler of the first rule that fits the span: per route, per operation, per kind.
public struct RuleBasedSampler: Sampler {
  /// Which spans one sampler decides about.
  public struct Rule: Sendable {
    private let name: GlobPattern?
    private let route: GlobPattern?
    private let kind: SpanKind?
    fileprivate let sampler: any Sampler

    /// A rule fits when everything that it names fits.
    ///
    /// - Parameters:
    ///   - name: the name of the span; `*` stands for any text.
    ///   - route: the route or path of the request, which the server's instrumentation sets as
    ///     `samplingRoute` of the context; `*` stands for any text.
    ///   - kind: the kind of the span.
    ///   - sampler: decides about the spans that fit.
    public init(name: String? = nil, route: String? = nil, kind: SpanKind? = nil, sampler: any Sampler) {
      self.name = name.map { GlobPattern($0) }
      self.route = route.map { GlobPattern($0) }
      self.kind = kind
      self.sampler = sampler
    }

    fileprivate func fits(_ parameters: SamplingParameters) -> Bool {
      if let kind, kind != parameters.kind { return false }
      if let name, !name.matches(parameters.name) { return false }
      guard let route else { return true }
      return parameters.route.map { route.matches($0) } ?? false
    }
  }

  private let rules: [Rule]
  private let otherwise: any Sampler

  /// - Parameters:
  ///   - rules: asked in their order.
  ///   - otherwise: decides where no rule fits.
  public init(_ rules: [Rule], otherwise: any Sampler) {
    self.rules = rules
    self.otherwise = otherwise
  }

  public func decide(_ parameters: SamplingParameters) -> SamplingDecision {
    for rule in rules where rule.fits(parameters) { return rule.sampler.decide(parameters) }
    return otherwise.decide(parameters)
  }
}

/// Text in which `*` stands for any text, and `?` for one character.
struct GlobPattern: Sendable, Hashable {
  private let pattern: [UInt8]

  init(_ text: String) { pattern = Array(text.utf8) }

  /// Whether all of `text` fits. Cost: length of the text, times the length of the pattern at worst.
  func matches(_ text: String) -> Bool {
    let bytes = text.utf8
    var position = bytes.startIndex
    var index = 0
    var retry: (position: Substring.UTF8View.Index, index: Int)?
    while position < bytes.endIndex {
      if index < pattern.count, pattern[index] == 0x2a {
        retry = (position, index)
        index += 1
      } else if index < pattern.count, pattern[index] == bytes[position] || pattern[index] == 0x3f {
        position = bytes.index(after: position)
        index += 1
      } else if let last = retry {
        position = bytes.index(after: last.position)
        retry = (position, last.index)
        index = last.index + 1
      } else {
        return false
      }
    }
    while index < pattern.count, pattern[index] == 0x2a { index += 1 }
    return index == pattern.count
  }
}

/// The kinds of instruments that swift-metrics has.
public enum InstrumentKind: Sendable, Hashable, CaseIterable {
  /// `Counter`.
  case counter
  /// `FloatingPointCounter`.
  case floatingPointCounter
  /// `Meter`.
  case meter
  /// `Gauge`: a recorder that does not aggregate.
  case gauge
  /// `Recorder` that aggregates.
  case histogram
  /// `Timer`.
  case timer
}

/// Changes what becomes of instruments: their name, their attributes, their buckets, or whether they are recorded at
/// all. The first view that fits an instrument applies to it.
public struct MetricView: Sendable, Hashable {
  /// What is kept of the measurements.
  public enum Aggregation: Sendable, Hashable {
    /// What the kind of the instrument implies.
    case standard
    /// Nothing: the instrument costs a call and no more.
    case drop
    /// A histogram with these upper bounds, ascending; for recorders and timers.
    case explicitHistogram([Double])
    /// A histogram with buckets that follow the values, at most so many of each sign; for recorders and timers.
    case exponentialHistogram(maximumSize: Int = 160)
  }

  /// Which attributes the series keep. Series that become equal by it are one.
  public enum AttributeFilter: Sendable, Hashable {
    /// All of them.
    case all
    /// Those with these names.
    case keeping(Set<String>)
    /// Those without these names.
    case removing(Set<String>)

    func keeps(_ name: String) -> Bool {
      switch self {
      case .all: true
      case .keeping(let names): names.contains(name)
      case .removing(let names): !names.contains(name)
      }
    }
  }

  private let pattern: GlobPattern
  private let kinds: Set<InstrumentKind>
  /// The name under which the metric is sent; nil keeps its own.
  public var name: String?
  /// Replaces the description.
  public var description: String?
  /// Which attributes are kept.
  public var attributes: AttributeFilter
  /// What is kept of the measurements.
  public var aggregation: Aggregation
  /// How many series there may be; nil takes the limit of the configuration.
  public var seriesLimit: Int?

  /// - Parameters:
  ///   - instrument: the names that it applies to; `*` stands for any text.
  ///   - kinds: the kinds that it applies to.
  ///   - name: the name under which the metric is sent.
  ///   - description: replaces the description.
  ///   - attributes: which attributes are kept.
  ///   - aggregation: what is kept of the measurements.
  ///   - seriesLimit: how many series there may be.
  public init(
    instrument: String, kinds: Set<InstrumentKind> = Set(InstrumentKind.allCases), name: String? = nil,
    description: String? = nil, attributes: AttributeFilter = .all, aggregation: Aggregation = .standard,
    seriesLimit: Int? = nil
  ) {
    pattern = GlobPattern(instrument)
    self.kinds = kinds
    self.name = name
    self.description = description
    self.attributes = attributes
    self.aggregation = aggregation
    self.seriesLimit = seriesLimit
  }

  /// Whether the view applies to an instrument.
  func fits(_ instrument: String, _ kind: InstrumentKind) -> Bool {
    kinds.contains(kind) && pattern.matches(instrument)
  }
}

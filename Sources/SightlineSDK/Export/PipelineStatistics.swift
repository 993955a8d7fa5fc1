/// What became of the items of one signal. Every item is in exactly one of the four places:
/// `offeredCount + recoveredCount == exportedCount + droppedCount + queuedCount + bufferedCount`.
public struct PipelineStatistics: Sendable, Hashable {
  /// Spans, data points or log records that were handed over.
  public internal(set) var offeredCount = 0
  /// Items of earlier processes that were found on disk.
  public internal(set) var recoveredCount = 0
  /// Items that the receiver took.
  public internal(set) var exportedCount = 0
  /// Items that are lost, by reason: `queue_full`, `shutdown`, `refused`, `rejected`, `buffer_damaged`.
  public internal(set) var droppedCounts: [String: Int] = [:]
  /// Items that wait in memory, those in flight included.
  public internal(set) var queuedCount = 0
  /// Items that wait on disk.
  public internal(set) var bufferedCount = 0
  /// How many records fit into the queue.
  public internal(set) var queueCapacity = 0

  /// All lost items.
  public var droppedCount: Int { droppedCounts.values.reduce(0, +) }
}

/// How the export tries again after a failure.
public struct RetryConfiguration: Sendable, Hashable {
  /// The wait after the first failure; it doubles with each further one.
  public var initialDelay: Duration
  /// The longest wait, unless the server asks for a longer one.
  public var maximumDelay: Duration
  /// After so many failures in a row, of all signals together, the receiver is left alone.
  public var circuitFailureLimit: Int
  /// For how long, until the next attempt of one signal decides for all.
  public var circuitPause: Duration

  /// Delays, halved at most by a random part.
  public init(
    initialDelay: Duration = .seconds(1), maximumDelay: Duration = .seconds(30), circuitFailureLimit: Int = 5,
    circuitPause: Duration = .seconds(30)
  ) {
    self.initialDelay = initialDelay
    self.maximumDelay = maximumDelay
    self.circuitFailureLimit = circuitFailureLimit
    self.circuitPause = circuitPause
  }

  /// The wait after `failureCount` failures in a row: `requested` by the server, never less, or the doubled delay.
  func delay(failureCount: Int, requested: Duration?) -> Duration {
    let unit = IdentifierSource.shared.nextUnit()
    if let requested { return requested + .milliseconds(Int(unit * 250)) }
    let doubled = initialDelay.inSeconds * Double(1 << min(max(0, failureCount - 1), 20))
    return .seconds(min(doubled, maximumDelay.inSeconds) * (0.5 + unit / 2))
  }
}

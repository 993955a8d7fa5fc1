/// The three kinds of telemetry.
public enum TelemetrySignal: String, Sendable, Hashable, CaseIterable {
  /// Spans.
  case traces
  /// Data points.
  case metrics
  /// Log records.
  case logs
}

/// Where one signal goes.
public enum ExporterKind: Sendable, Hashable {
  /// OTLP over HTTP with protobuf, or the in-process sink when one is given.
  case otlp
  /// Lines on standard error; for logs only.
  case console
  /// Nowhere: the signal is not recorded.
  case none
}

/// How one signal is sent by OTLP over HTTP.
public struct ExporterConfiguration: Sendable, Hashable {
  /// The full URL, with the path of the signal.
  public var endpoint: String
  /// Added to every request.
  public var headers: [HeaderField]
  /// How long one request may take.
  public var timeout: Duration
  /// How bodies are compressed.
  public var compression: BodyCompression

  /// A header of the export requests.
  public struct HeaderField: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The value, decoded.
    public var value: String

    /// A header with its parts.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// An endpoint with its headers, time limit and compression.
  public init(
    endpoint: String, headers: [HeaderField] = [], timeout: Duration = .seconds(10),
    compression: BodyCompression = .none
  ) {
    self.endpoint = endpoint
    self.headers = headers
    self.timeout = timeout
    self.compression = compression
  }
}

/// The queue between the call sites and the export of spans or logs.
public struct QueueConfiguration: Sendable, Hashable {
  /// The longest wait before a smaller batch is sent.
  public var scheduleDelay: Duration
  /// How many records wait at most, those in flight included; further ones are dropped and counted.
  public var capacity: Int
  /// How many records make a batch; reaching it starts an export at once.
  public var batchSize: Int

  /// The most that a queue can be asked to hold; 16 bytes of it are allocated for each record at once.
  public static let capacityLimit = 1 << 22

  /// A queue with its bounds; the batch is never larger than the queue.
  public init(scheduleDelay: Duration, capacity: Int = 2048, batchSize: Int = 512) {
    self.scheduleDelay = scheduleDelay
    self.capacity = max(1, min(capacity, Self.capacityLimit))
    self.batchSize = max(1, min(batchSize, self.capacity))
  }
}

/// The upper bounds of one span or log record; what goes beyond is left out and counted in the record.
public struct RecordLimits: Sendable, Hashable {
  /// Attributes of a span or log record.
  public var attributeCount = 128
  /// Events of a span.
  public var eventCount = 128
  /// Links of a span.
  public var linkCount = 128
  /// Characters of a string value; longer ones are cut.
  public var attributeValueLength = Int.max

  /// The defaults of the specification.
  public init() {}
}

/// Whether sums and histograms report totals since the start or since the last report.
public enum MetricTemporality: Sendable, Hashable {
  /// Totals since the start.
  case cumulative
  /// What came since the last report.
  case delta
}

/// The buckets of histograms that neither a view nor a description gives any.
public enum HistogramAggregation: Sendable, Hashable {
  /// Fixed bounds: those of the specification, for timers those of the semantic conventions.
  case explicit
  /// Bounds that follow the values, at most so many buckets of each sign.
  case exponential(maximumSize: Int = 160)
}

/// Which measurements may become exemplars.
public enum ExemplarFilter: Sendable, Hashable {
  /// Those made under a sampled span.
  case traceBased
  /// All.
  case alwaysOn
  /// None.
  case alwaysOff
}

/// Which sampler decides about new spans.
public enum SamplerConfiguration: Sendable, Hashable {
  /// Every span is recorded.
  case alwaysOn
  /// No span is recorded.
  case alwaysOff
  /// The share of traces to record, `0 ... 1`, decided by the trace id.
  case traceIDRatio(Double)
  /// About so many new traces per second.
  case rateLimited(tracesPerSecond: Double)
  /// Follows the caller; the root decides for a span without a caller.
  indirect case parentBased(root: SamplerConfiguration)
}

/// Which fields carry the context.
public enum PropagatorKind: String, Sendable, Hashable, CaseIterable {
  /// W3C trace context.
  case traceContext = "tracecontext"
  /// W3C baggage.
  case baggage
  /// B3 in one field; both forms are read.
  case b3Single = "b3"
  /// B3 in several fields; both forms are read.
  case b3Multiple = "b3multi"
  /// Jaeger's `uber-trace-id` and `uberctx-…`.
  case jaeger
  /// AWS X-Ray's `x-amzn-trace-id`.
  case xray
}

/// How an error that is recorded on a span is sent.
public enum ExceptionSignal: Sendable, Hashable {
  /// As an event of the span.
  case spanEvents
  /// As a log record under the span, which the conventions are moving to.
  case logs
  /// As both.
  case both
}

/// Unit, description and buckets of one instrument, since swift-metrics has no place for them.
public struct MetricDescription: Sendable, Hashable {
  /// The unit by UCUM, such as `s`, `By` or `{order}`.
  public var unit: String
  /// One sentence for people.
  public var description: String
  /// The upper bounds of a histogram's buckets, ascending; nil takes the default ones.
  public var bucketBoundaries: [Double]?

  /// A description with its parts.
  public init(unit: String = "", description: String = "", bucketBoundaries: [Double]? = nil) {
    self.unit = unit
    self.description = description
    self.bucketBoundaries = bucketBoundaries
  }
}

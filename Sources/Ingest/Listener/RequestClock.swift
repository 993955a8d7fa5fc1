import NIOCore

/// When the parts of one request came, and whether the sender is too slow.
struct RequestClock {
  private let begin: NIODeadline
  private var lastArrival: NIODeadline
  private let readTimeout: TimeAmount
  private let requestTimeout: TimeAmount

  init(_ configuration: OTLPListenerConfiguration, now: NIODeadline = .now()) {
    begin = now
    lastArrival = now
    readTimeout = TimeAmount(configuration.readTimeout)
    requestTimeout = TimeAmount(configuration.requestTimeout)
  }

  /// Bytes arrived.
  mutating func arrived() { lastArrival = .now() }

  /// When the sender will be too slow if nothing more comes.
  var deadline: NIODeadline { min(lastArrival + readTimeout, begin + requestTimeout) }
}

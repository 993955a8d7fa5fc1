/// One OTLP request, ready to be delivered.
public struct TelemetryRequest: Sendable {
  /// Which kind of request the body is.
  public let signal: TelemetrySignal
  /// `ExportTraceServiceRequest`, `ExportMetricsServiceRequest` or `ExportLogsServiceRequest`, protobuf.
  public let body: [UInt8]
  /// How many spans, data points or log records it holds.
  public let itemCount: Int
}

/// What became of a request.
public enum TelemetryVerdict: Sendable, Hashable {
  /// All of it was taken.
  case accepted
  /// Some items were refused for good.
  case partiallyAccepted(rejectedCount: Int, message: String)
  /// Nothing was taken now; the same request is welcome again, not before the given time.
  case retry(after: Duration?, reason: String)
  /// Nothing was taken and trying again is useless.
  case refused(reason: String)
}

/// Receives encoded telemetry: the network by default, or a program's own store.
///
/// The SDK calls it from its export tasks, one call at a time for each signal, and keeps the records until the verdict
/// is not ``TelemetryVerdict/retry(after:reason:)``.
public protocol TelemetrySink: Sendable {
  /// Takes one request.
  func receive(_ request: TelemetryRequest) async -> TelemetryVerdict
  /// Called once after the last request.
  func shutdown() async
}

extension TelemetrySink {
  /// Nothing to close.
  public func shutdown() async {}
}

import AsyncHTTPClient
import CoreMetrics
import Logging
import SightlineSDK
import Tracing

/// What every service works with: its telemetry, its way to the other services, and the faults in force.
struct ServiceEnvironment: Sendable {
  /// The service that this belongs to.
  let name: ServiceName
  /// Starts spans.
  let tracer: SightlineTracer
  /// Makes metrics.
  let factory: any MetricsFactory
  /// The service's logger.
  let logger: Logger
  /// Calls other services.
  let peers: PeerClient
  /// The faults in force.
  let faults: FaultBoard

  /// Runs `operation` under a span of this service.
  func withSpan<Result>(
    _ name: String, ofKind kind: SpanKind = .internal, _ operation: (SightlineSpan) async throws -> Result
  ) async throws -> Result {
    try await tracer.withSpan(name, ofKind: kind) { span in try await operation(span) }
  }

  /// A counter of this service.
  func counter(_ label: String, _ dimensions: [(String, String)] = []) -> Counter {
    Counter(label: label, dimensions: dimensions, factory: factory)
  }

  /// A simulated database of this service.
  func database(_ system: SimulatedDatabase.System, _ namespace: String) -> SimulatedDatabase {
    SimulatedDatabase(system: system, namespace: namespace, tracer: tracer, factory: factory)
  }
}

import Ingest
import SightlineSDK
import TelemetryModel

/// Takes what the SDK exports from this process into this process's own store.
///
/// Its requests go through the same pipeline as everybody's, but past the listeners, so they are not traced.
struct OwnStoreSink: TelemetrySink {
  let pipeline: IngestPipeline

  func receive(_ request: TelemetryRequest) async -> TelemetryVerdict {
    let kind: BodyKind =
      switch request.signal {
      case .logs: .otlpLogsProtobuf
      case .traces: .otlpTracesProtobuf
      case .metrics: .otlpMetricsProtobuf
      }
    return switch await pipeline.appendInProcess(kind: kind, body: request.body) {
    case .stored(let rejection):
      rejection.map { .partiallyAccepted(rejectedCount: $0.count, message: $0.message) } ?? .accepted
    case .refused(let refusal):
      refusal.retryAfterSeconds.map { .retry(after: .seconds($0), reason: refusal.message) }
        ?? .refused(reason: refusal.message)
    }
  }
}

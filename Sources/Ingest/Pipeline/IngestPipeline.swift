import Synchronization
package import TelemetryModel
package import TelemetryStore

/// Takes received bodies to the store: admission, decoding, append, answer.
///
/// Shape: one worker thread a shard of the store. A request goes to the shard with the fewest waiting bytes; its worker
/// takes whatever waits as a group, decodes it, appends it at once and then completes each request.
///
/// Thread rule: safe from any thread. Completions run on a worker's thread (or on the caller's, when refused at once)
/// and must not block.
package final class IngestPipeline: Sendable {
  /// Bounds the bytes in flight; listeners ask it before they read a body.
  package let gate: AdmissionGate
  package let configuration: IngestConfiguration
  /// Who sent what.
  package let sources: SourceRegistry
  /// What was refused or changed.
  package let ledger: RejectedLedger
  private let recorder: IngestRecorder
  private let workers: [ShardWorker]
  private let turn = Atomic<Int>(0)

  package init(
    store: any TelemetryStore, configuration: IngestConfiguration, ledger: RejectedLedger, sources: SourceRegistry,
    tap: LiveTap
  ) {
    let recorder = IngestRecorder(ledger: ledger, sources: sources, now: configuration.now)
    self.gate = AdmissionGate(
      byteCapacity: configuration.bytesInFlight, waiterLimit: configuration.waitingRequestLimit)
    self.configuration = configuration
    self.sources = sources
    self.ledger = ledger
    self.recorder = recorder
    self.workers = (0..<max(store.shardCount, 1)).map { shard in
      ShardWorker(shard: shard, store: store, configuration: configuration, recorder: recorder, tap: tap)
    }
  }

  /// What has been done so far.
  package var counters: IngestCounters {
    var counters = recorder.counters
    counters.queuedRequests = workers.reduce(0) { $0 + $1.queuedRequests }
    counters.bytesInFlight = gate.heldBytes
    counters.waitingRequests = gate.waitingCount
    return counters
  }

  /// Hands over one request; `completion` is called exactly once, after the records are durable or refused.
  package func submit(_ request: IngestRequest, completion: @escaping @Sendable (IngestOutcome) -> Void) {
    guard let permit = request.permit ?? gate.admitNow(request.body.count) else {
      return refuse(request, .retryable(.overloaded, "too many bytes are in flight"), completion)
    }
    let submission = Submission(
      request: request, permit: permit, receivedAt: configuration.now(), completion: completion)
    switch leastLoadedWorker().enqueue(submission) {
    case .taken: break
    case .full: refuse(request, .retryable(.overloaded, "too many requests wait"), completion)
    case .closed: refuse(request, .retryable(.unavailable, "the server is shutting down"), completion)
    }
  }

  /// Stores an uncompressed body that this process made: the server's own telemetry.
  package func appendInProcess(kind: BodyKind, body: [UInt8]) async -> IngestOutcome {
    await withCheckedContinuation { continuation in
      submit(IngestRequest(kind: kind, body: body, source: .inProcess)) { continuation.resume(returning: $0) }
    }
  }

  /// Counts a request that was refused before it had a body.
  package func recordRefusal(_ refusal: IngestRefusal, signal: Signal, source: IngestSource) {
    recorder.refused(refusal, signal: signal, source: source, byteCount: 0)
  }

  /// Completes what was submitted, then stops the workers; what is submitted later is refused as unavailable.
  package func shutdown() async {
    for worker in workers { worker.close() }
    for worker in workers { await worker.drained() }
  }

  private func refuse(
    _ request: IngestRequest, _ refusal: IngestRefusal, _ completion: (IngestOutcome) -> Void
  ) {
    recorder.refused(refusal, signal: request.kind.signal, source: request.source, byteCount: 0)
    completion(.refused(refusal))
  }

  /// The worker with the fewest waiting bytes; ties take turns.
  private func leastLoadedWorker() -> ShardWorker {
    let start = turn.wrappingAdd(1, ordering: .relaxed).newValue & Int.max
    var best = workers[start % workers.count]
    guard workers.count > 1 else { return best }
    var bestBytes = best.waitingBytes
    for offset in 1..<workers.count where bestBytes > 0 {
      let worker = workers[(start + offset) % workers.count]
      let bytes = worker.waitingBytes
      if bytes < bestBytes {
        best = worker
        bestBytes = bytes
      }
    }
    return best
  }
}

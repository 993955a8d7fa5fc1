import Synchronization

/// What an offer came to.
private enum OfferOutcome { case taken, batchComplete, full, closed }

/// The way of one signal's records from the call sites to the sink.
///
/// Records wait in a bounded ring and leave it only when the sink has given its verdict, so the bound holds for memory
/// and a batch in flight is never lost by an outage. An export starts when a batch is complete, when the schedule
/// says so, or on ``flush(within:)``; one request is in flight at a time. When the ring is full the newest record is
/// dropped and counted.
/// Concurrency: ``offer(_:)`` from any thread (one short lock); ``run()`` by one task.
final class ExportPipeline<Record: Sendable>: Sendable {
  /// What a pipeline is made of.
  struct Parts: Sendable {
    var signal: TelemetrySignal
    var queue: QueueConfiguration
    var retry: RetryConfiguration
    var sink: any TelemetrySink
    var reporter: FailureReporter
    var encode: @Sendable ([Record]) -> [UInt8]
    /// How many items one record stands for.
    var itemCount: @Sendable (Record) -> Int
  }

  private struct State {
    var ring: BoundedRing<Record>
    var isClosed = false
    var statistics = PipelineStatistics()
    /// Records that entered the ring, and those that left it, since the start.
    var acceptedCount = 0
    var settledCount = 0
    /// Records up to this number leave without waiting for a full batch.
    var flushTarget = 0
    var waiters: [Int: Waiter] = [:]
    var nextWaiter = 0
  }

  private struct Waiter {
    var target: Int
    var continuation: CheckedContinuation<Bool, Never>
  }

  private let parts: Parts
  private let state: Mutex<State>
  private let wakeUp = Alarm()
  private let retryNow = Alarm()
  private let retryBeforeClosing = Alarm()

  init(_ parts: Parts) {
    self.parts = parts
    state = Mutex(State(ring: BoundedRing(capacity: parts.queue.capacity)))
  }

  /// The counts now.
  var statistics: PipelineStatistics { state.withLock { $0.statistics } }

  /// Takes a record, or drops and counts it.
  func offer(_ record: Record) {
    let count = parts.itemCount(record)
    let outcome: OfferOutcome = state.withLock { state in
      state.statistics.offeredCount += count
      if state.isClosed {
        state.statistics.droppedCounts["shutdown", default: 0] += count
        return .closed
      }
      guard state.ring.append(record) else {
        state.statistics.droppedCounts["queue_full", default: 0] += count
        return .full
      }
      state.statistics.queuedCount += count
      state.acceptedCount += 1
      return state.ring.count == parts.queue.batchSize ? .batchComplete : .taken
    }
    switch outcome {
    case .taken, .closed: break
    case .batchComplete: wakeUp.ring()
    case .full:
      parts.reporter.report(
        "\(parts.signal) queue full",
        "the queue of \(parts.signal.rawValue) is full (\(parts.queue.capacity)): new ones are dropped and counted in "
          + "otel.sdk.processor metrics; raise the queue size or look at the export failures above")
    }
  }

  /// Exports until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      await wakeUp.wait(for: parts.queue.scheduleDelay)
      state.withLock { state in
        // A wake-up by time sends everything; one by size finds a full batch anyway.
        if state.ring.count < parts.queue.batchSize { state.flushTarget = state.acceptedCount }
      }
      while !Task.isCancelled, let batch = nextBatch() { await deliver(batch) }
    }
  }

  /// Sends what is queued now.
  ///
  /// - Returns: false when something was still queued after `duration`.
  func flush(within duration: Duration) async -> Bool {
    let target: Int = state.withLock { state in
      state.flushTarget = state.acceptedCount
      return state.acceptedCount
    }
    wakeUp.ring()
    retryNow.ring()
    return await settled(target, within: duration)
  }

  /// Takes nothing more, sends what is queued, and drops and counts what is left after `duration`.
  func close(within duration: Duration) async {
    state.withLock { $0.isClosed = true }
    retryBeforeClosing.ring()
    _ = await flush(within: duration)
    let left: Int = state.withLock { state in
      let left = state.statistics.queuedCount
      state.ring.removeFirst(state.ring.count)
      state.settledCount = state.acceptedCount
      state.statistics.queuedCount = 0
      if left > 0 { state.statistics.droppedCounts["shutdown", default: 0] += left }
      return left
    }
    if left > 0 {
      parts.reporter.report(
        "\(parts.signal) shutdown",
        "\(left) \(parts.signal.rawValue) could not be sent before the shutdown deadline and are lost")
    }
  }

  private func nextBatch() -> [Record]? {
    state.withLock { state in
      guard state.ring.count >= parts.queue.batchSize || state.settledCount < state.flushTarget else { return nil }
      let batch = state.ring.prefix(parts.queue.batchSize)
      return batch.isEmpty ? nil : batch
    }
  }

  /// Offers one batch to the sink until there is a verdict or the task is cancelled.
  private func deliver(_ batch: [Record]) async {
    let itemCount = batch.reduce(0) { $0 + parts.itemCount($1) }
    let request = TelemetryRequest(signal: parts.signal, body: parts.encode(batch), itemCount: itemCount)
    var failureCount = 0
    while !Task.isCancelled {
      switch await parts.sink.receive(request) {
      case .accepted:
        settle(batch.count, exported: itemCount, dropped: 0, reason: "")
        parts.reporter.overcome("\(parts.signal) retry", "\(parts.signal.rawValue) are being delivered again")
        return
      case .partiallyAccepted(let rejected, let message):
        let rejected = min(max(0, rejected), itemCount)
        settle(batch.count, exported: itemCount - rejected, dropped: rejected, reason: "rejected")
        parts.reporter.report(
          "\(parts.signal) rejected",
          "the server rejected \(rejected) of \(itemCount) \(parts.signal.rawValue): \(message)")
        return
      case .refused(let reason):
        settle(batch.count, exported: 0, dropped: itemCount, reason: "refused")
        parts.reporter.report(
          "\(parts.signal) refused",
          "\(itemCount) \(parts.signal.rawValue) are lost, \(reason); if the receiver does not take "
            + "\(parts.signal.rawValue), set OTEL_\(parts.signal.rawValue.uppercased())_EXPORTER=none")
        return
      case .retry(let after, let reason):
        failureCount += 1
        parts.reporter.report(
          "\(parts.signal) retry",
          "\(parts.signal.rawValue) are kept and sent again later, \(reason); check OTEL_EXPORTER_OTLP_ENDPOINT "
            + "and that the receiver runs")
        // A flush cuts a back-off short; a wait that the server asked for only ends early when the process does.
        let alarm = after == nil ? retryNow : retryBeforeClosing
        await alarm.wait(for: parts.retry.delay(failureCount: failureCount, requested: after))
      }
    }
  }

  private func settle(_ recordCount: Int, exported: Int, dropped: Int, reason: String) {
    let resumed: [CheckedContinuation<Bool, Never>] = state.withLock { state in
      // A close that ran out of time has counted these records as lost already.
      guard state.ring.count >= recordCount else { return [] }
      state.ring.removeFirst(recordCount)
      state.settledCount += recordCount
      state.statistics.queuedCount -= exported + dropped
      state.statistics.exportedCount += exported
      if dropped > 0 { state.statistics.droppedCounts[reason, default: 0] += dropped }
      let due = state.waiters.filter { $0.value.target <= state.settledCount }
      for id in due.keys { state.waiters[id] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in resumed { continuation.resume(returning: true) }
  }

  private func settled(_ target: Int, within duration: Duration) async -> Bool {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    let timer = Task.detached {
      do { try await Task.sleep(for: duration) } catch { return }
      self.expire(id)
    }
    let isSettled = await withCheckedContinuation { continuation in
      let isDue = state.withLock { state in
        if state.settledCount >= target { return true }
        state.waiters[id] = Waiter(target: target, continuation: continuation)
        return false
      }
      if isDue { continuation.resume(returning: true) }
    }
    timer.cancel()
    return isSettled
  }

  private func expire(_ id: Int) {
    let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
    waiter?.continuation.resume(returning: false)
  }
}

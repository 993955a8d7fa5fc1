import NIOPosix
import Synchronization
import TelemetryModel
import TelemetryStore
import TelemetryWire

/// The one thread that decodes and appends for one shard of the store.
///
/// Whatever waits is taken as a group: one append, and so one write of the log, for all of it. While the group is being
/// written the next one gathers, which makes groups as large as the load asks for.
///
/// `@unchecked Sendable`: the decoder is touched only by `drain`, of which at most one runs, on the worker's thread.
final class ShardWorker: @unchecked Sendable {
  /// What became of an enqueued submission.
  enum Enqueued { case taken, full, closed }

  private struct State {
    var waiting: [Submission] = []
    /// Bytes of bodies that wait or are being worked on.
    var bytes = 0
    var isDraining = false
    var isClosed = false
    var drainedContinuations: [CheckedContinuation<Void, Never>] = []
  }

  private let shard: Int
  private let store: any TelemetryStore
  private let configuration: IngestConfiguration
  private let recorder: IngestRecorder
  private let tap: LiveTap
  private let thread = NIOThreadPool(numberOfThreads: 1)
  private let decoder = BodyDecoder()
  private let state = Mutex(State())

  init(
    shard: Int, store: any TelemetryStore, configuration: IngestConfiguration, recorder: IngestRecorder, tap: LiveTap
  ) {
    self.shard = shard
    self.store = store
    self.configuration = configuration
    self.recorder = recorder
    self.tap = tap
    thread.start()
  }

  /// Requests that no group has taken yet.
  var queuedRequests: Int { state.withLock { $0.waiting.count } }

  /// Bytes of bodies that wait or are being worked on.
  var waitingBytes: Int { state.withLock { $0.bytes } }

  /// Puts a submission in line.
  func enqueue(_ submission: Submission) -> Enqueued {
    let (enqueued, mustStart) = state.withLock { state -> (Enqueued, Bool) in
      if state.isClosed { return (.closed, false) }
      if state.waiting.count >= configuration.queuedRequestLimit { return (.full, false) }
      state.waiting.append(submission)
      state.bytes += submission.request.body.count
      defer { state.isDraining = true }
      return (.taken, !state.isDraining)
    }
    if mustStart { thread.submit { _ in self.drain() } }
    return enqueued
  }

  /// Takes nothing more.
  func close() { state.withLock { $0.isClosed = true } }

  /// Returns when everything taken is complete and the thread has ended. Call `close` first.
  func drained() async {
    await withCheckedContinuation { continuation in
      let isIdle = state.withLock { state in
        if state.isDraining { state.drainedContinuations.append(continuation) }
        return !state.isDraining
      }
      if isIdle { continuation.resume() }
    }
    // The pool refuses only a second shutdown, which has nothing left to do.
    try? await thread.shutdownGracefully()
  }

  private func drain() {
    while let group = nextGroup() { process(group) }
  }

  /// Everything that waits, in order, up to the size of a group; nil when nothing does.
  private func nextGroup() -> [Submission]? {
    let (group, continuations) = state.withLock { state -> ([Submission], [CheckedContinuation<Void, Never>]) in
      if state.waiting.isEmpty {
        state.isDraining = false
        defer { state.drainedContinuations = [] }
        return ([], state.drainedContinuations)
      }
      var byteCount = 0
      let count =
        state.waiting.firstIndex { submission in
          byteCount += submission.request.body.count
          return byteCount > configuration.groupBytes
        } ?? state.waiting.count
      if count == state.waiting.count {
        defer { state.waiting = [] }
        return (state.waiting, [])
      }
      let group = Array(state.waiting.prefix(max(count, 1)))
      state.waiting.removeFirst(group.count)
      return (group, [])
    }
    for continuation in continuations { continuation.resume() }
    return group.isEmpty ? nil : group
  }

  private func process(_ group: [Submission]) {
    let begin = ContinuousClock.now
    var decoded: [(Submission, DecodedBody)] = []
    decoded.reserveCapacity(group.count)
    for submission in group {
      do throws(WireError) {
        decoded.append((submission, try decode(submission)))
      } catch {
        complete(submission, refused: IngestRefusal(error))
      }
    }
    let decodedAt = ContinuousClock.now
    append(decoded)
    recorder.worked(decode: decodedAt - begin, append: ContinuousClock.now - decodedAt, requests: decoded.count)
    let byteCount = group.reduce(0) { $0 + $1.request.body.count }
    state.withLock { $0.bytes -= byteCount }
  }

  private func decode(_ submission: Submission) throws(WireError) -> DecodedBody {
    try decoder.decode(
      submission.request.body, kind: submission.request.kind, contentEncoding: submission.request.contentEncoding,
      limits: configuration.limits, receivedAt: submission.receivedAt)
  }

  private func append(_ decoded: [(Submission, DecodedBody)]) {
    var batches: [IngestBatch] = []
    batches.reserveCapacity(decoded.count)
    for (submission, body) in decoded where body.batch.rowCount > 0 {
      let request = submission.request
      batches.append(
        IngestBatch(
          tenant: request.tenant, kind: request.kind, contentEncoding: request.contentEncoding, body: request.body,
          limits: configuration.limits, receivedAt: submission.receivedAt, batch: body.batch))
    }
    do throws(StoreFailure) {
      if !batches.isEmpty { try store.append(batches, shard: shard) }
    } catch {
      let refusal = IngestRefusal(error)
      for (submission, body) in decoded {
        if body.batch.rowCount > 0 {
          complete(submission, refused: refusal)
        } else {
          complete(submission, stored: body)
        }
      }
      return
    }
    for (submission, body) in decoded { complete(submission, stored: body) }
    for batch in batches { tap.publish(batch.batch) }
  }

  private func complete(_ submission: Submission, stored body: DecodedBody) {
    let request = submission.request
    recorder.stored(body, signal: request.kind.signal, source: request.source, byteCount: request.body.count)
    request.observe?(body.batch)
    var rejection: PartialRejection?
    if body.rejectedCount > 0 || body.rejectedMessage != nil {
      rejection = PartialRejection(
        count: body.rejectedCount, message: body.rejectedMessage ?? "\(body.rejectedCount) records were rejected")
    }
    submission.complete(.stored(rejection: rejection))
  }

  private func complete(_ submission: Submission, refused refusal: IngestRefusal) {
    let request = submission.request
    recorder.refused(refusal, signal: request.kind.signal, source: request.source, byteCount: request.body.count)
    submission.complete(.refused(refusal))
  }
}

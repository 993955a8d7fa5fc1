import Synchronization
import Tracing

/// The way of one signal's records from the call sites to the sink.
///
/// Records wait in a bounded ring and leave it only when the sink has given its verdict or the disk has taken them, so
/// the bound holds for memory and a batch in flight is never lost by an outage. An export starts when a batch is
/// complete, when the schedule says so, or on ``flush(within:)``; one request is in flight at a time. With a disk buffer
/// a batch that the receiver does not take at once goes there and is sent later, the oldest first. When ring and disk are
/// full the newest record is dropped and counted.
/// Concurrency: ``offer(_:)`` from any thread, without a lock; ``run()`` by one task.
final class ExportPipeline<Record: ExportRecord>: Sendable {
  /// What a pipeline is made of.
  struct Parts: Sendable {
    var signal: TelemetrySignal
    var queue: QueueConfiguration
    var retry: RetryConfiguration
    var sink: any TelemetrySink
    var breaker: CircuitBreaker
    var buffer: DiskBuffer?
    var operations: ExportOperations
    var reporter: FailureReporter
    var encode: @Sendable ([Record]) -> [UInt8]
  }

  private struct Hold {
    var until: ContinuousClock.Instant
    /// The receiver asked for it.
    var isRequested: Bool
  }

  private struct State {
    var exportedCount = 0
    var recoveredCount = 0
    var bufferedCount = 0
    var droppedCounts: [String: Int] = [:]
    /// Failures in a row.
    var failureCount = 0
    var hold: Hold?
    /// The next attempt may be made although the circuit is open.
    var isForced = false
    /// Records up to this number leave without waiting for a full batch.
    var flushTarget = 0
    var waiters: [Int: Waiter] = [:]
    var nextWaiter = 0
    /// The request in flight, when its records have made room in the ring for others.
    var held: Held?
  }

  private struct Held {
    var request: TelemetryRequest
    var recordCount: Int
  }

  /// Where the records of a request are while it waits for its verdict.
  private enum Place {
    case ring(recordCount: Int)
    case held
  }

  private struct Waiter {
    var target: Int
    /// Whether it is enough that the disk has what the receiver does not take.
    var isContentWithDisk: Bool
    var continuation: CheckedContinuation<Bool, Never>
  }

  private let parts: Parts
  private let reports: ExportReports
  private let ring: RecordRing<Record>
  /// From so many records on the disk takes some while a request is in flight.
  private let pressureCount: Int
  private let wakeCount: Int
  private let offeredCount = Atomic<Int>(0)
  private let fullCount = Atomic<Int>(0)
  private let lateCount = Atomic<Int>(0)
  private let isAsleep = Atomic<Bool>(false)
  private let state = Mutex(State())
  private let wakeUp = Alarm()
  private let retryNow = Alarm()
  private let pressure = Alarm()
  private let isUnderWay = Atomic<Bool>(false)
  private let awaitsPressure = Atomic<Bool>(false)

  init(_ parts: Parts) {
    self.parts = parts
    reports = ExportReports(signal: parts.signal, reporter: parts.reporter)
    ring = RecordRing(capacity: parts.queue.capacity)
    pressureCount = max(1, parts.queue.capacity / 2)
    wakeCount = min(pressureCount, parts.queue.batchSize)
    parts.breaker.observe { [weak self] in self?.endHold(evenIfRequested: false) }
  }

  /// The counts now.
  var statistics: PipelineStatistics {
    var statistics = PipelineStatistics()
    state.withLock { state in
      statistics.exportedCount = state.exportedCount
      statistics.recoveredCount = state.recoveredCount
      statistics.bufferedCount = state.bufferedCount
      statistics.droppedCounts = state.droppedCounts
    }
    let outside = [
      ("queue_full", fullCount.load(ordering: .acquiring)), ("shutdown", lateCount.load(ordering: .acquiring)),
    ]
    for (reason, count) in outside where count > 0 { statistics.droppedCounts[reason, default: 0] += count }
    // Read last: what is settled was offered before.
    statistics.offeredCount = offeredCount.load(ordering: .acquiring)
    let arrived = statistics.offeredCount + statistics.recoveredCount
    statistics.queuedCount =
      arrived - statistics.exportedCount - statistics.bufferedCount - statistics.droppedCount
    statistics.queueCapacity = ring.capacity
    return statistics
  }

  /// Takes a record, or drops and counts it.
  func offer(_ record: Record) {
    offeredCount.wrappingAdd(record.itemCount, ordering: .relaxed)
    switch ring.append(record) {
    case .taken(let waitingCount):
      guard waitingCount >= wakeCount else { return }
      if waitingCount >= parts.queue.batchSize, isAsleep.load(ordering: .sequentiallyConsistent),
        isAsleep.exchange(false, ordering: .sequentiallyConsistent)
      {
        wakeUp.ring()
      }
      if waitingCount >= pressureCount, awaitsPressure.load(ordering: .sequentiallyConsistent),
        awaitsPressure.exchange(false, ordering: .sequentiallyConsistent)
      {
        pressure.ring()
      }
    case .full:
      if fullCount.wrappingAdd(record.itemCount, ordering: .releasing).oldValue == 0 {
        reports.queueIsFull(capacity: ring.capacity)
      }
    case .closed: lateCount.wrappingAdd(record.itemCount, ordering: .releasing)
    }
  }

  /// Exports until the task is cancelled.
  func run() async {
    await recover()
    while !Task.isCancelled {
      await sleep()
      state.withLock { state in
        // A wake-up by time sends everything; one by size finds a full batch anyway.
        if ring.count < parts.queue.batchSize { state.flushTarget = ring.acceptedCount }
      }
      while !Task.isCancelled {
        let batch = nextBatch()
        if let batch { await deliver(batch) }
        let hasDrained = await drain()
        if batch == nil, !hasDrained { break }
      }
    }
  }

  private func sleep() async {
    isAsleep.store(true, ordering: .sequentiallyConsistent)
    defer { isAsleep.store(false, ordering: .sequentiallyConsistent) }
    if ring.count >= parts.queue.batchSize {
      // A producer is between its place and its record.
      await Task.yield()
      return
    }
    var delay = parts.queue.scheduleDelay
    if parts.buffer?.isEmpty == false, let hold = state.withLock({ $0.hold }) {
      delay = min(delay, max(.zero, hold.until - ContinuousClock.now))
    }
    await wakeUp.wait(for: delay)
  }

  /// Sends what is queued now, on disk included.
  ///
  /// - Returns: false when something was still not acknowledged after `duration`.
  func flush(within duration: Duration) async -> Bool {
    hurry(evenIfRequested: false)
    return await settled(ring.acceptedCount, isContentWithDisk: false, within: duration)
  }

  /// Takes nothing more, sends what is queued, and drops and counts what is left after `duration` and does not fit on
  /// disk.
  func close(within duration: Duration) async {
    ring.close()
    hurry(evenIfRequested: true)
    _ = await settled(ring.acceptedCount, isContentWithDisk: true, within: duration)
  }

  /// Ends what ``close(within:)`` began; ``run()`` must be over.
  func finish() async {
    if let held = state.withLock({ $0.held }), await !store(held.request, .held) {
      settle(.held, Outcome(dropped: held.request.itemCount, reason: "shutdown"))
    }
    while let batch = readable(), await store(batch) {}
    var rest = ring.prefix(ring.count)
    // A producer may still be between its place and its record.
    for _ in 0..<1000 where rest.count < ring.count {
      await Task.yield()
      rest = ring.prefix(ring.count)
    }
    let left = rest.reduce(0) { $0 + $1.itemCount }
    if left > 0 {
      settle(.ring(recordCount: rest.count), Outcome(dropped: left, reason: "shutdown"))
      reports.lostAtShutdown(left, hasBuffer: parts.buffer != nil)
    }
    await parts.buffer?.close()
    release { _ in true }
  }

  private func hurry(evenIfRequested: Bool) {
    state.withLock { state in
      state.flushTarget = ring.acceptedCount
      state.isForced = true
    }
    endHold(evenIfRequested: evenIfRequested)
  }

  private func endHold(evenIfRequested: Bool) {
    state.withLock { state in
      if evenIfRequested || state.hold?.isRequested == false { state.hold = nil }
    }
    wakeUp.ring()
    retryNow.ring()
  }

  private func nextBatch() -> [Record]? {
    let isDue = state.withLock { ring.count >= parts.queue.batchSize || ring.settledCount < $0.flushTarget }
    return isDue ? readable() : nil
  }

  private func readable() -> [Record]? {
    let batch = ring.prefix(parts.queue.batchSize)
    return batch.isEmpty ? nil : batch
  }

  private func request(_ batch: [Record]) -> TelemetryRequest {
    TelemetryRequest(
      signal: parts.signal, body: parts.encode(batch), itemCount: batch.reduce(0) { $0 + $1.itemCount })
  }

  /// Offers one batch to the sink until there is a verdict, the disk has it, or the task is cancelled.
  private func deliver(_ batch: [Record]) async {
    let request = request(batch)
    var place = Place.ring(recordCount: batch.count)
    while !Task.isCancelled {
      if let wait = holdOff() {
        if await store(request, place) { return }
        await retryNow.wait(for: wait)
        continue
      }
      let outcome = await sendSpilling(request, place)
      if state.withLock({ $0.held != nil }) { place = .held }
      guard let outcome else { continue }
      settle(place, outcome)
      return
    }
  }

  /// One attempt, during which the disk takes what the ring has no room for.
  private func sendSpilling(_ request: TelemetryRequest, _ place: Place) async -> Outcome? {
    guard parts.buffer != nil else { return await send(request) }
    isUnderWay.store(true, ordering: .sequentiallyConsistent)
    let spiller = Task.detached { await self.spill(behind: request, place) }
    let outcome = await send(request)
    isUnderWay.store(false, ordering: .sequentiallyConsistent)
    pressure.ring()
    await spiller.value
    return outcome
  }

  /// The consumer of the ring while a request is in flight.
  private func spill(behind request: TelemetryRequest, _ place: Place) async {
    while isUnderWay.load(ordering: .sequentiallyConsistent) {
      awaitsPressure.store(true, ordering: .sequentiallyConsistent)
      if ring.count < pressureCount { await pressure.wait(for: .seconds(60)) }
      awaitsPressure.store(false, ordering: .sequentiallyConsistent)
      while isUnderWay.load(ordering: .sequentiallyConsistent), ring.count >= pressureCount {
        if case .ring(let recordCount) = place {
          state.withLock { state in
            guard state.held == nil, recordCount > 0 else { return }
            state.held = Held(request: request, recordCount: recordCount)
            ring.removeFirst(recordCount)
          }
        }
        guard let batch = readable() else { break }
        // A full disk takes nothing until the request in flight has its verdict.
        guard await store(batch) else { return }
      }
    }
  }

  /// How long to wait before the next attempt; nil: it is made now.
  private func holdOff() -> Duration? {
    let (remaining, isForced): (Duration?, Bool) = state.withLock { state in
      if let hold = state.hold {
        let remaining = hold.until - ContinuousClock.now
        if remaining > .zero { return (remaining, false) }
        state.hold = nil
      }
      defer { state.isForced = false }
      return (nil, state.isForced)
    }
    return remaining ?? parts.breaker.wait(isForced: isForced)
  }

  /// What a verdict means for the items of a request.
  private struct Outcome: Sendable {
    var exported = 0
    var dropped = 0
    var reason = ""
    var buffered = 0
  }

  /// One attempt; nil when the request is welcome again later.
  private func send(_ request: TelemetryRequest) async -> Outcome? {
    let verdict = await parts.operations.measure(request) { await parts.sink.receive(request) }
    if case .retry(let after, let reason) = verdict {
      // The end of the process cuts a request off; that says nothing about the receiver.
      if Task.isCancelled { return nil }
      if after == nil { parts.breaker.failed() } else { parts.breaker.succeeded() }
      hold(after)
      reports.willRetry(reason)
      release { $0.isContentWithDisk && parts.buffer != nil }
      return nil
    }
    state.withLock { $0.failureCount = 0 }
    parts.breaker.succeeded()
    switch verdict {
    case .accepted, .retry:
      reports.isDelivered()
      return Outcome(exported: request.itemCount)
    case .partiallyAccepted(let rejected, let message):
      let rejected = min(max(0, rejected), request.itemCount)
      reports.rejected(rejected, of: request.itemCount, message)
      return Outcome(exported: request.itemCount - rejected, dropped: rejected, reason: "rejected")
    case .refused(let reason):
      reports.refused(request.itemCount, reason)
      return Outcome(dropped: request.itemCount, reason: "refused")
    }
  }

  private func hold(_ requested: Duration?) {
    state.withLock { state in
      state.failureCount += 1
      let delay = parts.retry.delay(failureCount: state.failureCount, requested: requested)
      state.hold = Hold(until: ContinuousClock.now + delay, isRequested: requested != nil)
    }
  }

  private func settle(_ place: Place, _ outcome: Outcome) {
    state.withLock { state in
      switch place {
      case .ring(let recordCount): ring.removeFirst(recordCount)
      case .held: state.held = nil
      }
      state.exportedCount += outcome.exported
      state.bufferedCount += outcome.buffered
      if outcome.dropped > 0 { state.droppedCounts[outcome.reason, default: 0] += outcome.dropped }
    }
    release { $0.isContentWithDisk && parts.buffer != nil && outcome.buffered > 0 }
  }

  // MARK: The disk

  /// Takes over what earlier processes left.
  private func recover() async {
    guard let buffer = parts.buffer else { return }
    let (count, problems) = await buffer.recover()
    state.withLock { state in
      state.recoveredCount += count
      state.bufferedCount += count
    }
    for problem in problems { reports.bufferProblem(problem) }
    if count > 0 { wakeUp.ring() }
  }

  private func store(_ batch: [Record]) async -> Bool {
    parts.buffer == nil ? false : await store(request(batch), .ring(recordCount: batch.count))
  }

  /// Puts a batch on disk in the place of the ring; false when there is no disk or no room on it.
  private func store(_ request: TelemetryRequest, _ place: Place) async -> Bool {
    guard let buffer = parts.buffer else { return false }
    switch await buffer.append(request.body, itemCount: request.itemCount) {
    case .stored:
      settle(place, Outcome(buffered: request.itemCount))
      return true
    case .full: reports.bufferIsFull()
    case .failed(let reason): reports.bufferFailed(reason)
    }
    return false
  }

  /// Sends the oldest batch of the disk; false when there is none or it has to wait.
  private func drain() async -> Bool {
    guard let buffer = parts.buffer, !buffer.isEmpty, holdOff() == nil else { return false }
    switch await buffer.front() {
    case .empty: return false
    case .damaged(let itemCount):
      await buffer.removeFront()
      reports.bufferIsDamaged(itemCount)
      take(fromDisk: itemCount, Outcome(dropped: itemCount, reason: "buffer_damaged"))
      return true
    case .batch(let batch):
      let request = TelemetryRequest(signal: parts.signal, body: batch.body, itemCount: batch.itemCount)
      guard let outcome = await sendSpilling(request, .ring(recordCount: 0)) else { return false }
      await buffer.removeFront()
      take(fromDisk: batch.itemCount, outcome)
      return true
    }
  }

  private func take(fromDisk itemCount: Int, _ outcome: Outcome) {
    state.withLock { state in
      state.bufferedCount -= itemCount
      state.exportedCount += outcome.exported
      if outcome.dropped > 0 { state.droppedCounts[outcome.reason, default: 0] += outcome.dropped }
    }
    release { _ in false }
  }

  // MARK: Waiting

  /// Answers those whose records have left the ring and the disk, or the ring and `isEnough`.
  private func release(_ isEnough: (Waiter) -> Bool) {
    let due: [CheckedContinuation<Bool, Never>] = state.withLock { state in
      let due = state.waiters.filter { _, waiter in
        waiter.target <= ring.settledCount - (state.held?.recordCount ?? 0)
          && (state.bufferedCount == 0 || isEnough(waiter))
      }
      for id in due.keys { state.waiters[id] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in due { continuation.resume(returning: true) }
  }

  private func settled(_ target: Int, isContentWithDisk: Bool, within duration: Duration) async -> Bool {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    var timer: Task<Void, Never>?
    let isSettled = await withCheckedContinuation { continuation in
      let isDue = state.withLock { state in
        if ring.settledCount >= target, state.held == nil, state.bufferedCount == 0 { return true }
        state.waiters[id] = Waiter(target: target, isContentWithDisk: isContentWithDisk, continuation: continuation)
        return false
      }
      if isDue {
        continuation.resume(returning: true)
      } else {
        // Only now: what expires before it waits would wait for ever.
        timer = Task.detached {
          do { try await Task.sleep(for: duration) } catch { return }
          self.expire(id)
        }
      }
    }
    timer?.cancel()
    return isSettled
  }

  private func expire(_ id: Int) {
    let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
    waiter?.continuation.resume(returning: false)
  }
}

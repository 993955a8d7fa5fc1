import Synchronization
import TelemetryModel
import TelemetryStore
import Testing

@testable import TelemetryStorage

@Suite("Threads, memory, cancellation and damage")
struct ExecutionThreadTests {
  @Test("the pool runs every job, keeps the order of results and errors, and outlives its shutdown")
  func pool() async throws {
    let pool = StorageThreadPool(threadCount: 3, name: "a name beyond fifteen bytes")
    let squares = await pool.runAll(count: 500) { $0 * $0 }
    #expect(squares == (0..<500).map { $0 * $0 })
    #expect(await pool.runAll(count: 0) { $0 }.isEmpty)
    var failure: StoreFailure?
    do throws(StoreFailure) {
      try await pool.run { () throws(StoreFailure) in throw .diskFull }
    } catch {
      failure = error
    }
    #expect(failure == .diskFull)
    pool.shutdown()
    let late = await pool.runAll(count: 2) { $0 + 7 }
    #expect(late == [7, 8])
  }

  @Test("the budget grants what is left, refuses the rest and gets back what a query held")
  func budget() throws {
    let budget = MemoryBudget(byteCount: 4 << 20)
    var account: MemoryAccount? = MemoryAccount(budget: budget)
    try account?.charge(100, for: "a")
    #expect(budget.available == 3 << 20)
    try account?.charge(3 << 20, for: "a")
    #expect(throws: StoreFailure.memoryExhausted(operation: "rows", limitBytes: 4 << 20)) {
      try account?.charge(1 << 20, for: "rows")
    }
    account?.release(3 << 20)
    #expect(budget.available == 3 << 20)
    account = nil
    #expect(budget.available == 4 << 20)
    #expect(throws: StoreFailure.self) { try budget.reserve(.max, for: "all") }
  }

  @Test("a damaged block is reported and left out; the others answer")
  func damage() async throws {
    var random = RandomTelemetry(seed: 11)
    let whole = TestBlock(random.batch(.logs, rowCount: 50))
    let damaged = TestBlock(random.batch(.logs, rowCount: 40), isDamaged: true)
    let reports = ProgressCounter()
    let executor = executor(onDamage: { error in if error.code == .damaged { reports.add() } })
    let found = try await rows(
      of: executor.scan(ScanRequest(signal: .logs, timeRange: .all), over: [damaged, whole]))
    #expect(found.reduce(0) { $0 + $1.rowCount } == 50)
    let counted = try await executor.aggregate(
      AggregateRequest(
        signal: .logs, timeRange: .all, aggregates: [Aggregate(.count), Aggregate(.maximum, of: Field.severity)]),
      over: [damaged, whole])
    #expect(counted.groups.values.first?.first == .count(50))
    #expect(reports.count == 2)
  }

  @Test("cancelling the task ends each kind of query at the next block")
  func cancellation() async throws {
    var random = RandomTelemetry(seed: 12)
    let batch = random.batch(.spans, rowCount: 50)
    let canceller = Canceller()
    let reads = ProgressCounter()
    let blocks = (0..<200).map { _ in
      TestBlock(
        batch, hasFilter: false,
        onRead: {
          reads.add()
          canceller.cancel()
        })
    }
    for number in 0..<3 {
      let before = reads.count
      let (gate, open) = AsyncStream<Void>.makeStream()
      let task = Task { () async -> StoreFailure? in
        for await _ in gate { break }
        return await failure(ofQuery: number, over: blocks)
      }
      canceller.arm { task.cancel() }
      open.yield()
      #expect(await task.value == .cancelled, "query \(number)")
      #expect(reads.count - before < 100, "query \(number)")
    }
  }

  private func failure(ofQuery number: Int, over blocks: [TestBlock]) async -> StoreFailure? {
    do {
      switch number {
      case 0:
        let request = ScanRequest(
          signal: .spans, timeRange: .all, predicate: .compare(Field.duration, .greater, .int(99)))
        _ = try await rows(of: executor().scan(request, over: blocks))
      case 1:
        let request = AggregateRequest(
          signal: .spans, timeRange: .all, aggregates: [Aggregate(.sum, of: Field.duration)])
        _ = try await executor().aggregate(request, over: blocks)
      default: _ = try await executor().trace(RandomTelemetry.traces[0], hint: nil, over: blocks)
      }
      return nil
    } catch {
      return error as? StoreFailure
    }
  }
}

/// Calls what it was armed with, once armed.
final class Canceller: Sendable {
  private let action = Mutex<(@Sendable () -> Void)?>(nil)
  func arm(_ action: @Sendable @escaping () -> Void) { self.action.withLock { $0 = action } }
  func cancel() { action.withLock { $0 }?() }
}

import Synchronization
import Testing

@testable import SightlineSDK

@Suite("Record ring")
struct RecordRingTests {
  @Test("a ring of any capacity is a bounded queue", arguments: [1, 2, 3, 7, 16, 100])
  func model(capacity: Int) {
    var generator = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0 ... .max, using: &generator)
    var random = SplitMix(state: seed)
    let ring = RecordRing<QueuedRecord<Int>>(capacity: capacity)
    var model: [Int] = []
    for value in 0..<5000 {
      if random.next() % 3 != 0 {
        switch ring.append(QueuedRecord(value)) {
        case .taken(let waiting):
          model.append(value)
          #expect(waiting == model.count, "seed \(seed)")
        case .full: #expect(model.count == capacity, "seed \(seed)")
        case .closed: Issue.record("closed, seed \(seed)")
        }
      } else {
        let limit = Int(random.next() % UInt64(capacity + 1))
        let front = ring.prefix(limit)
        #expect(front.map(\.value) == Array(model.prefix(limit)), "seed \(seed)")
        ring.removeFirst(front.count)
        model.removeFirst(front.count)
      }
      #expect(ring.count == model.count && ring.acceptedCount - ring.settledCount == model.count, "seed \(seed)")
    }
    ring.close()
    guard case .closed = ring.append(QueuedRecord(-1)) else {
      return #expect(Bool(false), "a closed ring took a record")
    }
    #expect(ring.prefix(.max).map(\.value) == model)
  }

  @Test("records of many threads come out once each, in the order of their thread, or were refused")
  func threads() async {
    let ring = RecordRing<QueuedRecord<(producer: Int, number: Int)>>(capacity: 64)
    let shared = Shared()
    let consumer = Task.detached {
      var seen: [[Int]] = Array(repeating: [], count: 4)
      while true {
        let wasDone = shared.isDone.load(ordering: .acquiring)
        let batch = ring.prefix(16)
        for record in batch { seen[record.value.producer].append(record.value.number) }
        ring.removeFirst(batch.count)
        if batch.isEmpty {
          if wasDone { return seen }
          await Task.yield()
        }
      }
    }
    await withTaskGroup(of: Void.self) { group in
      for producer in 0..<4 {
        group.addTask {
          for number in 0..<20_000 {
            if case .full = ring.append(QueuedRecord((producer, number))) {
              shared.refused.wrappingAdd(1, ordering: .relaxed)
              await Task.yield()
            }
          }
        }
      }
    }
    shared.isDone.store(true, ordering: .releasing)
    let seen = await consumer.value
    for numbers in seen { #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }) }
    #expect(seen.reduce(0) { $0 + $1.count } + shared.refused.load(ordering: .relaxed) == 80_000)
    #expect(ring.acceptedCount == seen.reduce(0) { $0 + $1.count })
  }

  private final class Shared: Sendable {
    let refused = Atomic<Int>(0)
    let isDone = Atomic<Bool>(false)
  }

  @Test("records that never left are released with the ring")
  func release() {
    weak var last: QueuedRecord<Int>?
    do {
      let ring = RecordRing<QueuedRecord<Int>>(capacity: 4)
      for value in 0..<3 {
        let record = QueuedRecord(value)
        last = record
        _ = ring.append(record)
      }
      #expect(last != nil)
    }
    #expect(last == nil)
  }
}

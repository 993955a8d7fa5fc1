import Synchronization
import TelemetryModel
import TelemetryWire
import Testing

@testable import Ingest

@Suite("Admission, ledger and sources")
struct AdmissionAndRecordsTests {
  @Test(
    "the gate grants in order, bounds the waiters, lets begun bodies grow to twice the capacity, and forgets nothing")
  func gate() throws {
    let gate = AdmissionGate(byteCapacity: 100, waiterLimit: 2)
    #expect(gate.firstStep(declaredLength: 1_000_000) == 12)
    #expect(gate.firstStep(declaredLength: 5) == 5)
    let order = Mutex<[(Int, AdmissionPermit)]>([])
    func admit(_ bytes: Int, _ name: Int) -> AdmissionGate.Admission {
      gate.admit(bytes) { permit in order.withLock { $0.append((name, permit)) } }
    }
    var first: AdmissionPermit? = gate.admitNow(100)
    #expect(gate.admitNow(1) == nil)
    guard case .waiting(let ticket) = admit(60, 1), case .waiting = admit(500, 2), case .refused = admit(1, 3) else {
      return #expect(Bool(false), "waiters were not bounded")
    }
    #expect(gate.waitingCount == 2)
    #expect(first?.grow(to: 200) == true)
    #expect(first?.grow(to: 201) == false)
    #expect(gate.heldBytes == 200)
    first = nil
    #expect(order.withLock { $0.map(\.0) } == [1])
    #expect(gate.withdraw(ticket) == false)
    order.withLock { $0.removeFirst().1 }.release()
    #expect(order.withLock { $0.map(\.0) } == [2])
    #expect(gate.heldBytes == 100)
    guard case .waiting(let last) = admit(1, 4) else { return #expect(Bool(false), "a full gate granted") }
    #expect(gate.withdraw(last))
    let permit = order.withLock { $0.removeFirst().1 }
    permit.release()
    permit.release()
    #expect(gate.heldBytes == 0)
    #expect(gate.waitingCount == 0)
  }

  @Test("the ledger and the sources are bounded and count everything")
  func records() {
    let ledger = RejectedLedger(rowLimit: 2)
    let sources = SourceRegistry(rowLimit: 2)
    for index in 0..<10 {
      let source = IngestSource(address: "10.0.0.\(index)", transport: .http)
      let entry = LedgerEntry(reason: "time_too_old", action: .rejected, count: index + 1, sample: "sample \(index)")
      ledger.record(source: source, signal: .logs, entries: [entry], time: Int64(index))
      sources.record(source, signal: .logs, records: 1, bytes: 10, error: index == 9 ? "bad" : nil, time: Int64(index))
    }
    let rows = ledger.snapshot()
    #expect(rows.count == 3)
    #expect(rows.reduce(0) { $0 + $1.count } == 55)
    #expect(rows.first?.source == RejectedLedger.others)
    #expect(rows.first?.sample == "sample 9")
    #expect(sources.snapshot().map(\.source.address) == ["10.0.0.9", "10.0.0.8"])
    #expect(sources.snapshot().first?.lastError == "bad")
    let long = IngestSource(
      address: "a", userAgent: String(repeating: "é", count: 500), tokenName: "t", transport: .grpc)
    #expect(long.userAgent.count == IngestSource.userAgentLimit)
    #expect(long.description.hasSuffix("(token t)"))
  }
}

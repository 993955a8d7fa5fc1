import Synchronization
import TelemetryModel
import TelemetryWire

/// Writes down what became of requests: counters, ledger and sources.
final class IngestRecorder: Sendable {
  private let ledger: RejectedLedger
  private let sources: SourceRegistry
  private let now: @Sendable () -> Int64
  private let state = Mutex(IngestCounters())

  init(ledger: RejectedLedger, sources: SourceRegistry, now: @escaping @Sendable () -> Int64) {
    self.ledger = ledger
    self.sources = sources
    self.now = now
  }

  var counters: IngestCounters { state.withLock { $0 } }

  /// A request of which everything that was accepted is stored.
  func stored(_ body: DecodedBody, signal: Signal, source: IngestSource, byteCount: Int) {
    let time = now()
    state.withLock { counters in
      counters.signals[signal, default: .init()].requests += 1
      counters.signals[signal, default: .init()].records += body.batch.rowCount
      counters.signals[signal, default: .init()].rejectedRecords += body.rejectedCount
      counters.signals[signal, default: .init()].bytes += byteCount
    }
    sources.record(source, signal: signal, records: body.batch.rowCount, bytes: byteCount, error: nil, time: time)
    if !body.ledger.isEmpty { ledger.record(source: source, signal: signal, entries: body.ledger, time: time) }
  }

  /// A request that was refused as a whole. What the client shall send again is no loss and stays out of the ledger.
  func refused(_ refusal: IngestRefusal, signal: Signal, source: IngestSource, byteCount: Int) {
    let time = now()
    state.withLock { counters in
      counters.signals[signal, default: .init()].refusedRequests += 1
      counters.signals[signal, default: .init()].bytes += byteCount
      counters.refusals[refusal.code, default: 0] += 1
    }
    sources.record(source, signal: signal, records: 0, bytes: byteCount, error: refusal.message, time: time)
    guard refusal.retryAfterSeconds == nil else { return }
    let entry = LedgerEntry(
      reason: "request_" + refusal.code.rawValue, action: .rejected, count: 1,
      sample: String(refusal.message.prefix(200)))
    ledger.record(source: source, signal: signal, entries: [entry], time: time)
  }

  /// A group of `requests` took this long.
  func worked(decode: Duration, append: Duration, requests: Int) {
    state.withLock { counters in
      counters.groups += requests > 0 ? 1 : 0
      counters.groupedRequests += requests
      counters.decodeNanoseconds += decode.nanoseconds
      counters.appendNanoseconds += append.nanoseconds
    }
  }
}

extension Duration {
  fileprivate var nanoseconds: Int64 { components.seconds &* 1_000_000_000 &+ components.attoseconds / 1_000_000_000 }
}

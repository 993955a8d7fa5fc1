import Ingest
import TelemetryWire

extension LiveTap: LiveSource {}

extension RejectedLedger: RejectedSource {
  package func rejected() async -> (since: Int64, items: [RejectedItem]) {
    let items = snapshot().map { row in
      RejectedItem(
        source: row.source.description, signal: row.signal, reason: row.reason, action: row.action.rawValue,
        count: UInt64(row.count), lastTime: row.lastTime, sample: row.sample)
    }
    return (since, items)
  }
}

extension SourceRegistry: SenderSource {
  package func senders() async -> [Sender] {
    snapshot().map { row in
      Sender(
        address: row.source.address, userAgent: row.source.userAgent, transport: row.source.transport.rawValue,
        signal: row.signal, requests: UInt64(row.requests), records: UInt64(row.records), bytes: UInt64(row.bytes),
        lastTime: row.lastTime, lastError: row.lastError)
    }
  }
}

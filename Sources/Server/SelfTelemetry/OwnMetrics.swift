import EmbeddedStore
import Ingest
import TelemetryModel
import TelemetryWire

/// Gathers the server's own metrics from where they are counted.
struct OwnMetrics: Sendable {
  let store: EmbeddedStore
  let pipeline: IngestPipeline
  let ledger: RejectedLedger
  /// Nanoseconds since 1970.
  let startedAt: Int64

  func gather() -> [OwnMetric] {
    ingest() + rejections() + storage() + process()
  }

  private func ingest() -> [OwnMetric] {
    let counters = pipeline.counters
    func bySignal(_ name: String, _ help: String, _ value: (IngestCounters.SignalCounters) -> Int) -> OwnMetric {
      OwnMetric(
        name, help, .counter,
        Signal.allCases.map { signal in
          OwnMetric.Sample(Double(counters.signals[signal].map(value) ?? 0), labels: [("signal", signal.name)])
        })
    }
    return [
      bySignal("sightline_ingest_requests_total", "Requests stored.", \.requests),
      bySignal("sightline_ingest_refused_requests_total", "Requests refused as a whole.", \.refusedRequests),
      bySignal("sightline_ingest_records_total", "Records stored.", \.records),
      bySignal(
        "sightline_ingest_rejected_records_total", "Records of stored requests that were rejected.", \.rejectedRecords),
      bySignal("sightline_ingest_bytes_total", "Bytes of request bodies as received.", \.bytes),
      OwnMetric(
        "sightline_ingest_decode_seconds_total", "Time spent decoding bodies.", .counter,
        value: Double(counters.decodeNanoseconds) / 1e9),
      OwnMetric(
        "sightline_ingest_append_seconds_total", "Time spent appending to the store.", .counter,
        value: Double(counters.appendNanoseconds) / 1e9),
      OwnMetric(
        "sightline_ingest_queued_requests", "Requests that wait for a worker.", .gauge,
        value: Double(counters.queuedRequests)),
      OwnMetric(
        "sightline_ingest_in_flight_bytes", "Bodies between receipt and answer.", .gauge,
        value: Double(counters.bytesInFlight)),
    ]
  }

  private func rejections() -> [OwnMetric] {
    struct Key: Hashable {
      let signal, reason, action: String
    }
    var counts: [Key: Int] = [:]
    for row in ledger.snapshot() {
      counts[Key(signal: row.signal.name, reason: row.reason, action: row.action.rawValue), default: 0] += row.count
    }
    let samples = counts.sorted { ($0.key.signal, $0.key.reason) < ($1.key.signal, $1.key.reason) }.map { key, count in
      OwnMetric.Sample(
        Double(count), labels: [("signal", key.signal), ("reason", key.reason), ("action", key.action)])
    }
    return [OwnMetric("sightline_ingest_ledger_total", "Items rejected, cut, dropped or replaced.", .counter, samples)]
  }

  private func storage() -> [OwnMetric] {
    let counters = store.counters
    func bySignal(_ name: String, _ help: String, _ kind: OwnMetric.Kind, _ values: [Signal: Int]) -> OwnMetric {
      OwnMetric(
        name, help, kind,
        Signal.allCases.map { OwnMetric.Sample(Double(values[$0] ?? 0), labels: [("signal", $0.name)]) })
    }
    return [
      bySignal("sightline_store_appended_rows_total", "Rows appended.", .counter, counters.appendedRows),
      bySignal("sightline_store_flushes_total", "Memtables flushed to parts.", .counter, counters.flushes),
      bySignal(
        "sightline_store_flushed_bytes_total", "Bytes of parts written by flushes.", .counter, counters.flushedBytes),
      OwnMetric(
        "sightline_store_failed_flushes_total", "Flushes that failed.", .counter, value: Double(counters.failedFlushes)),
      bySignal("sightline_store_merges_total", "Merges of parts.", .counter, counters.compactions),
      bySignal("sightline_store_merged_rows_total", "Rows written by merges.", .counter, counters.compactedRows),
      bySignal(
        "sightline_store_merged_bytes_total", "Bytes of parts written by merges.", .counter, counters.compactedBytes),
      bySignal(
        "sightline_store_merge_read_bytes_total", "Bytes of parts that merges replaced.", .counter,
        counters.compactionReadBytes),
      OwnMetric(
        "sightline_store_merge_cpu_seconds_total", "CPU time of merges.", .counter,
        value: Double(counters.compactionNanoseconds) / 1e9),
      OwnMetric(
        "sightline_store_failed_merges_total", "Merges that failed.", .counter,
        value: Double(counters.failedCompactions)),
      OwnMetric(
        "sightline_store_scrubbed_bytes_total", "Bytes of parts read again to compare their checksums.", .counter,
        value: Double(counters.scrubbedBytes)),
      OwnMetric(
        "sightline_store_damaged_parts_total", "Parts found damaged and set aside while the server ran.", .counter,
        value: Double(counters.damagedParts)),
      bySignal("sightline_store_parts", "Parts.", .gauge, counters.partCount),
      bySignal("sightline_store_part_rows", "Rows in parts.", .gauge, counters.partRows),
      bySignal("sightline_store_part_bytes", "Bytes of parts.", .gauge, counters.partBytes),
      bySignal("sightline_store_memory_rows", "Rows not yet in parts.", .gauge, counters.memoryRows),
      OwnMetric(
        "sightline_store_memory_bytes", "Bytes of memtables and flushes under way.", .gauge,
        value: Double(counters.memoryBytes)),
      OwnMetric("sightline_store_wal_bytes", "Bytes of the write-ahead log.", .gauge, value: Double(counters.walBytes)),
    ]
  }

  private func process() -> [OwnMetric] {
    let process = ProcessStatistics.current()
    return [
      OwnMetric("process_cpu_seconds_total", "User and system CPU time.", .counter, value: process.cpuSeconds),
      OwnMetric("process_resident_memory_bytes", "Resident memory.", .gauge, value: Double(process.residentBytes)),
      OwnMetric("process_open_fds", "Open file descriptors.", .gauge, value: Double(process.openFiles)),
      OwnMetric("process_start_time_seconds", "Start of the process.", .gauge, value: Double(startedAt) / 1e9),
      OwnMetric(
        "sightline_build_info", "The running version.", .gauge,
        [OwnMetric.Sample(1, labels: [("version", SightlineVersion.text)])]),
    ]
  }
}

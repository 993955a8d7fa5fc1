/// One encoded collection of all metrics, as it waits for export.
struct MetricRequest: Sendable {
  var body: [UInt8]
  var pointCount: Int

  /// The request as it waits.
  var queued: QueuedRecord<MetricRequest> { QueuedRecord(self, itemCount: pointCount) }

  /// Collections are sent one by one as soon as they are made; an hour of them at the default interval is kept in an
  /// outage.
  static let queue = QueueConfiguration(scheduleDelay: .seconds(5), capacity: 60, batchSize: 1)
}

/// Collects metrics on a schedule.
struct MetricReader: Sendable {
  let interval: Duration
  let collect: @Sendable () -> Void

  init(interval: Duration, collect: @escaping @Sendable () -> Void) {
    self.interval = interval
    self.collect = collect
  }

  /// Collects once.
  func collectNow() { collect() }

  /// Collects at every interval until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      do { try await Task.sleep(for: interval) } catch { return }
      collect()
    }
  }
}

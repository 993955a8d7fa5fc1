package import TelemetryModel

/// Rows of one signal.
package struct ScanRequest: Sendable {
  package var tenant = "default"
  package var signal: Signal
  package var timeRange: TimeRange
  package var predicate: Predicate
  package var projection: Projection
  package var order: ScanOrder
  /// At most this many rows; nil: all.
  package var rowLimit: Int?

  package init(
    signal: Signal, timeRange: TimeRange, predicate: Predicate = .all, projection: Projection = .everything,
    order: ScanOrder = .newestFirst, rowLimit: Int? = nil
  ) {
    self.signal = signal
    self.timeRange = timeRange
    self.predicate = predicate
    self.projection = projection
    self.order = order
    self.rowLimit = rowLimit
  }
}

/// Which columns a scan returns. Times, resources, scopes and series always come.
package enum Projection: Sendable, Hashable {
  case everything
  /// Intrinsic and attribute fields; `any` takes the record's attribute. Child tables come only with `everything` or
  /// with an `event` or `link` field.
  case fields([FieldReference])
}

package enum ScanOrder: Sendable, Hashable {
  case newestFirst
  case oldestFirst
  /// Whatever order costs least.
  case stored
}

/// The answer of a scan, pulled batch by batch: nothing is read ahead of the reader by more than a block a worker.
package struct ScanStream: Sendable {
  package enum Event: Sendable {
    /// Matching rows. Within a batch and from batch to batch in the requested order.
    case rows(RecordBatch)
    /// Statistics so far, at least between blocks that matched nothing.
    case progress(QueryStatistics)
  }

  private let pull: @Sendable () async throws(StoreFailure) -> Event?
  private let currentStatistics: @Sendable () -> QueryStatistics

  package init(
    next: @escaping @Sendable () async throws(StoreFailure) -> Event?,
    statistics: @escaping @Sendable () -> QueryStatistics
  ) {
    pull = next
    currentStatistics = statistics
  }

  /// The next event, or nil at the end. One caller at a time.
  package func next() async throws(StoreFailure) -> Event? { try await pull() }

  /// Statistics up to now; complete after `next` returned nil.
  package var statistics: QueryStatistics { currentStatistics() }
}

package import TelemetryModel

/// What the pipeline has done since it began, for `/metrics`.
package struct IngestCounters: Sendable, Hashable {
  /// Counts of one signal.
  package struct SignalCounters: Sendable, Hashable {
    /// Requests whose records were stored (or that held none).
    package var requests = 0
    /// Requests refused as a whole.
    package var refusedRequests = 0
    /// Records stored.
    package var records = 0
    /// Records rejected out of requests that were stored otherwise.
    package var rejectedRecords = 0
    /// Bytes of bodies as received, of requests that were decoded.
    package var bytes = 0

    package init() {}
  }

  package var signals: [Signal: SignalCounters] = [:]
  /// Requests refused as a whole, by reason.
  package var refusals: [IngestRefusal.Code: Int] = [:]
  /// Groups appended to the store, and the requests in them.
  package var groups = 0
  package var groupedRequests = 0
  /// Nanoseconds that workers spent decoding and appending.
  package var decodeNanoseconds: Int64 = 0
  package var appendNanoseconds: Int64 = 0
  /// Requests that wait for a worker now.
  package var queuedRequests = 0
  /// Bytes of bodies in flight now, and requests that wait for room.
  package var bytesInFlight = 0
  package var waitingRequests = 0

  package init() {}
}

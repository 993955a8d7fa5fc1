package import TelemetryModel

/// What bounds the ingest pipeline.
package struct IngestConfiguration: Sendable {
  /// What a body and its records may contain.
  package var limits = IngestLimits()
  /// Bytes of bodies between "received" and "durable" below which a body may begin.
  package var bytesInFlight = 64 << 20
  /// Requests that may wait for those bytes; more are refused as overloaded.
  package var waitingRequestLimit = 1024
  /// Requests that may wait for one shard's worker; more are refused as overloaded.
  package var queuedRequestLimit = 8192
  /// Bytes of bodies that a worker appends together; a single larger body is a group of its own.
  package var groupBytes = 16 << 20
  /// The wall clock, nanoseconds since 1970.
  package var now: @Sendable () -> Int64 = { WallClock.now() }

  package init() {}
}

package import TelemetryModel

/// What the store has done since it opened, and how large it is now: the numbers of `/metrics`.
package struct StoreCounters: Sendable, Equatable {
  // Since the store opened
  package var appendedRequests: [Signal: Int] = [:]
  package var appendedRows: [Signal: Int] = [:]
  /// Bytes of request bodies as received.
  package var appendedBytes: [Signal: Int] = [:]
  /// Groups refused because memory, disk or the log did not allow them.
  package var refusedGroups = 0
  package var replayedRequests = 0
  package var flushes: [Signal: Int] = [:]
  package var flushedRows: [Signal: Int] = [:]
  package var flushedBytes: [Signal: Int] = [:]
  package var failedFlushes = 0
  package var flushNanoseconds: Int64 = 0
  package var compactions: [Signal: Int] = [:]
  package var compactedRows: [Signal: Int] = [:]
  /// Bytes that merges wrote, and bytes of the parts that they replaced.
  package var compactedBytes: [Signal: Int] = [:]
  package var compactionReadBytes: [Signal: Int] = [:]
  /// CPU time of merges.
  package var compactionNanoseconds: Int64 = 0
  package var failedCompactions = 0
  /// Parts, and their bytes, that were read again to compare their checksums.
  package var scrubbedParts = 0
  package var scrubbedBytes = 0
  /// Parts found damaged while the store ran.
  package var damagedParts = 0
  package var retentionRemovedParts = 0
  package var retentionRemovedRows = 0
  // Now
  package var walBytes = 0
  package var walSegments = 0
  package var memoryBytes = 0
  package var memoryRows: [Signal: Int] = [:]
  package var partCount: [Signal: Int] = [:]
  package var partRows: [Signal: Int] = [:]
  package var partBytes: [Signal: Int] = [:]

  package init() {}
}

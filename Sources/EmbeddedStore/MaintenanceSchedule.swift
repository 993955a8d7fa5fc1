internal import TelemetryStorage

/// When recurring work is due; times are nanoseconds since 1970.
struct MaintenanceSchedule {
  var retentionAppliedAt: Int64?
  /// A flush that failed is not tried again before.
  var flushRetryAt: Int64?
  /// A merge that failed is not tried again before.
  var compactionRetryAt: Int64?
  /// The parts that the compaction looked at last, and when: it need not look again at once.
  var compactionLook: (partsVersion: Int, at: Int64)?
  /// When parts were read again last; those that are missing, when they were written.
  var scrubbedAt: [PartKey: Int64] = [:]
}

package import TelemetryModel

/// Rows to delete: all of one signal that match and are stored when the request is made. Rows that come later stay.
package struct DeleteRequest: Sendable {
  package var tenant: String
  package var signal: Signal
  package var predicate: Predicate
  package var timeRange: TimeRange
  /// The question as a person asked it, kept for the list of deletions.
  package var text: String

  package init(
    tenant: String = "default", signal: Signal, predicate: Predicate, timeRange: TimeRange, text: String = ""
  ) {
    self.tenant = tenant
    self.signal = signal
    self.predicate = predicate
    self.timeRange = timeRange
    self.text = text
  }
}

/// A deletion and how far it is. No query sees its rows from the moment it was made; `finishedAt` says since when no file
/// holds them.
package struct Deletion: Sendable, Hashable {
  package let id: UInt64
  package let signal: Signal
  package let text: String
  package let timeRange: TimeRange
  /// Nanoseconds since 1970.
  package let createdAt: Int64
  /// Rows that it deleted.
  package let rowCount: Int
  /// When the last file that held one of its rows left the store; nil while there is one.
  package let finishedAt: Int64?
  /// Parts that still hold its rows.
  package let pendingParts: [String]
  /// Parts that held its rows and are gone.
  package let removedParts: [String]
  /// Parts that were written in their place.
  package let writtenParts: [String]

  package init(
    id: UInt64, signal: Signal, text: String, timeRange: TimeRange, createdAt: Int64, rowCount: Int,
    finishedAt: Int64?, pendingParts: [String], removedParts: [String], writtenParts: [String]
  ) {
    self.id = id
    self.signal = signal
    self.text = text
    self.timeRange = timeRange
    self.createdAt = createdAt
    self.rowCount = rowCount
    self.finishedAt = finishedAt
    self.pendingParts = pendingParts
    self.removedParts = removedParts
    self.writtenParts = writtenParts
  }
}

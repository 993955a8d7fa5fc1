/// Something about the store that a person should know; it is there until it is mended.
package struct StoreCondition: Sendable, Hashable {
  package enum Kind: String, Sendable, CaseIterable {
    /// A damaged file, or a piece of one, lies in `quarantine/`; the rest is served.
    case quarantined
    /// A part that is listed cannot be read, or a part was found damaged while it was read.
    case unreadablePart
    /// The log takes nothing until the process restarts.
    case poisonedLog
    /// Too little space is free; nothing is taken in until there is more.
    case diskFull
    /// Memory could not be written to parts; it is tried again.
    case flushFailed
    /// Parts could not be merged, or deleted rows not removed from files; it is tried again.
    case compactionFailed
    /// Old data could not be removed; it is tried again.
    case retentionFailed
  }

  package let kind: Kind
  /// The file or signal it is about; empty when it is the store.
  package let object: String
  /// What happened, in words.
  package let detail: String

  package init(kind: Kind, object: String, detail: String) {
    self.kind = kind
    self.object = object
    self.detail = detail
  }
}

package import TelemetryModel

/// The one seam between the query languages and storage: append · scan · aggregate · series · fields · trace ·
/// delete.
///
/// Semantics every implementation shares:
/// - A query sees one snapshot: every batch whose `append` returned before the query began, each row once.
/// - A comparison on a missing field is false; `not` is plain negation; languages add `exists` themselves.
/// - Every answer carries `QueryStatistics`.
/// - Cancelling the surrounding task ends a query at the next block with `StoreFailure.cancelled`.
package protocol TelemetryStore: Sendable {
  var capabilities: StoreCapabilities { get }

  /// Makes the batches durable (as the store's durability mode says) and visible, all or none, in order.
  ///
  /// Blocks for at most a WAL write: call it from an ingest worker's own thread, never from an event loop or the
  /// cooperative pool. One thread at a time per shard.
  ///
  /// - Parameter shard: `0 ..< shardCount`; batches of one shard keep their order.
  /// - Throws: `.overloaded`, `.diskFull` or `.unavailable`; nothing of the group is acknowledged then.
  func append(_ batches: [IngestBatch], shard: Int) throws(StoreFailure)

  /// How many shards `append` takes.
  var shardCount: Int { get }

  /// Finds what is wrong with a predicate before anything is read: a regular expression that does not compile.
  ///
  /// - Throws: `.invalid` with the reason.
  func validate(_ predicate: Predicate) throws(StoreFailure)

  /// Rows that match, in columns, in the requested order.
  func scan(_ request: ScanRequest) async throws(StoreFailure) -> ScanStream

  /// Groups and mergeable partial states. `progress` is called now and then from any thread.
  func aggregate(
    _ request: AggregateRequest, progress: (@Sendable (QueryStatistics) -> Void)?
  ) async throws(StoreFailure) -> PartialAggregates

  /// The series that match, with their points when asked.
  func series(_ request: SeriesRequest) async throws(StoreFailure) -> SeriesAnswer

  /// The fields that the rows of a signal have in a time range, from metadata where it suffices.
  func fieldKeys(_ request: FieldKeysRequest) async throws(StoreFailure) -> FieldKeysAnswer

  /// The most frequent values of a field over the rows that match.
  func fieldValues(_ request: FieldValuesRequest) async throws(StoreFailure) -> FieldValuesAnswer

  /// All spans of a trace, sorted by start; `hint` narrows the search when the caller knows the time.
  func trace(_ id: TraceID, hint: TimeRange?) async throws(StoreFailure) -> TraceAnswer

  /// Deletes what the policy says is too old or too much; returns what was deleted.
  func applyRetention(_ policy: RetentionPolicy, now: Int64) async throws(StoreFailure) -> RetentionReport

  /// What `applyRetention` would delete now; the configured policy when none is given.
  func retentionPreview(_ policy: RetentionPolicy?, now: Int64) async -> RetentionPreview

  /// Deletes the rows that match and are stored now: no query that begins later sees them, also after a crash. Files that
  /// hold them are rewritten in the background; `deletions` tells when none does any more.
  ///
  /// - Throws: `.invalid` for a predicate that cannot be evaluated or kept, `.diskFull` or `.unavailable` when the deletion
  ///   could not be made durable; nothing is deleted then.
  func delete(_ request: DeleteRequest) async throws(StoreFailure) -> Deletion

  /// All deletions, newest first; of finished ones at least the last thousand.
  func deletions() async throws(StoreFailure) -> [Deletion]

  /// Keeps what is stored now under a name, as a folder that can be copied elsewhere and served or restored.
  ///
  /// - Throws: `.invalid` for a name that is none or is taken, `.diskFull` or `.unavailable` when it could not be made.
  func createBackup(_ name: String) async throws(StoreFailure) -> StoreBackup

  /// All backups, by name.
  func backups() async throws(StoreFailure) -> [StoreBackup]

  /// Removes a backup; false when there is none of this name.
  func removeBackup(_ name: String) async throws(StoreFailure) -> Bool

  /// What is stored, part by part and column by column.
  func inventory() async -> StoreInventory
}

/// What an implementation evaluates by itself; the planner keeps the rest above the seam.
package struct StoreCapabilities: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }
  /// Regular-expression predicates are evaluated inside the store.
  package static let regularExpressions = Self(rawValue: 1 << 0)
}

/// Why a store could not do what it was asked.
package enum StoreFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// Too much is in flight; the client should retry shortly.
  case overloaded(String)
  /// No space is left; ingest resumes by itself when there is.
  case diskFull
  /// The store cannot take data now (a failed log, shutting down); queries may still work.
  case unavailable(String)
  case cancelled
  /// The query needs more memory than its budget; `operation` names what asked for it.
  case memoryExhausted(operation: String, limitBytes: Int)
  /// The request itself cannot be answered (a regular expression that does not compile, an unknown aggregate).
  case invalid(String)

  package var description: String {
    switch self {
    case .overloaded(let why): "overloaded: \(why)"
    case .diskFull: "disk full"
    case .unavailable(let why): "unavailable: \(why)"
    case .cancelled: "cancelled"
    case .memoryExhausted(let operation, let limit): "query memory of \(limit) bytes exhausted by \(operation)"
    case .invalid(let why): "invalid request: \(why)"
    }
  }
}

/// One received request: the raw body for the log, and what it decoded to.
package struct IngestBatch: Sendable {
  /// Tenant of the request; `default` until tenants open.
  package let tenant: String
  package let kind: BodyKind
  package let contentEncoding: ContentEncoding
  /// The body as received.
  package let body: [UInt8]
  /// The limits it was decoded under.
  package let limits: IngestLimits
  /// Time of receipt, nanoseconds since 1970: rows without a time took it.
  package let receivedAt: Int64
  package let batch: RecordBatch

  package init(
    tenant: String = "default", kind: BodyKind, contentEncoding: ContentEncoding, body: [UInt8], limits: IngestLimits,
    receivedAt: Int64, batch: RecordBatch
  ) {
    self.tenant = tenant
    self.kind = kind
    self.contentEncoding = contentEncoding
    self.body = body
    self.limits = limits
    self.receivedAt = receivedAt
    self.batch = batch
  }
}

/// What a query cost, and how far it is.
package struct QueryStatistics: Sendable, Hashable {
  /// Blocks (memtable batches count as blocks) that the snapshot holds for the signal.
  package var blocksTotal = 0
  /// Blocks whose columns were read.
  package var blocksRead = 0
  /// Blocks left out by time range, zone maps, filters or an early stop.
  package var blocksPruned = 0
  /// Bytes read from parts, as stored.
  package var bytesRead = 0
  /// Rows of the blocks read.
  package var rowsScanned = 0
  /// Rows that matched.
  package var rowsMatched = 0
  /// The oldest time still unread for a newest-first scan that stopped early or is under way; nil when all was read.
  package var unreadBefore: Int64?

  package init() {}

  package mutating func add(_ other: QueryStatistics) {
    blocksTotal += other.blocksTotal
    blocksRead += other.blocksRead
    blocksPruned += other.blocksPruned
    bytesRead += other.bytesRead
    rowsScanned += other.rowsScanned
    rowsMatched += other.rowsMatched
    unreadBefore = unreadBefore ?? other.unreadBefore
  }
}

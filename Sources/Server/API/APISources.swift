package import TelemetryModel

/// What a token allows.
package enum TokenScope: String, Sendable, Hashable, CaseIterable {
  case ingest
  case api
}

/// One token without its secret. Times are nanoseconds since 1970.
package struct TokenSummary: Sendable, Hashable {
  package let id: String
  package let name: String
  package let scope: TokenScope
  package let createdAt: Int64
  package let lastUsedAt: Int64?

  package init(id: String, name: String, scope: TokenScope, createdAt: Int64, lastUsedAt: Int64? = nil) {
    self.id = id
    self.name = name
    self.scope = scope
    self.createdAt = createdAt
    self.lastUsedAt = lastUsedAt
  }
}

/// The tokens that clients show.
package protocol TokenControl: Sendable {
  /// The name of the token if it is known and allows the scope; nil: refused.
  func verify(_ bearer: String, scope: TokenScope) async -> String?
  func list() async throws -> [TokenSummary]
  /// The new token and its secret, which is told this once.
  func create(name: String, scope: TokenScope) async throws -> (token: TokenSummary, secret: String)
  /// False when there was no such token.
  func delete(id: String) async throws -> Bool
}

/// An address that the server listens on.
package struct ListenerStatus: Sendable, Hashable {
  /// `api`, `otlp-grpc`, `otlp-http`.
  package let kind: String
  package let address: String

  package init(kind: String, address: String) {
    self.kind = kind
    self.address = address
  }
}

/// Something that is not as it should be.
package struct HealthCondition: Sendable, Hashable {
  package let condition: String
  /// `warning` or `error`.
  package let severity: String
  package let message: String
  /// Nanoseconds since 1970.
  package let since: Int64

  package init(condition: String, severity: String, message: String, since: Int64) {
    self.condition = condition
    self.severity = severity
    self.message = message
    self.since = since
  }
}

/// How the server is.
package struct ServerStatus: Sendable {
  package var version: String
  /// Nanoseconds since 1970.
  package var startedAt: Int64
  package var listeners: [ListenerStatus]
  package var dataDirectory: String
  /// `process` or `power`.
  package var durability: String
  package var health: [HealthCondition]
  package var everReceived: Set<Signal>
  /// Time of the newest row of each signal.
  package var newest: [Signal: Int64]
  package var diskFreeBytes: Int64?
  package var diskTotalBytes: Int64?

  package init(
    version: String, startedAt: Int64, listeners: [ListenerStatus], dataDirectory: String, durability: String,
    health: [HealthCondition], everReceived: Set<Signal>, newest: [Signal: Int64], diskFreeBytes: Int64? = nil,
    diskTotalBytes: Int64? = nil
  ) {
    self.version = version
    self.startedAt = startedAt
    self.listeners = listeners
    self.dataDirectory = dataDirectory
    self.durability = durability
    self.health = health
    self.everReceived = everReceived
    self.newest = newest
    self.diskFreeBytes = diskFreeBytes
    self.diskTotalBytes = diskTotalBytes
  }
}

/// The server's state and configuration.
package protocol StatusSource: Sendable {
  func status() async -> ServerStatus
  /// The effective configuration, as a map; secrets left out.
  func configuration() async -> [Attribute]
}

/// One kind of mishap of one source.
package struct RejectedItem: Sendable, Hashable {
  package let source: String
  package let signal: Signal
  package let reason: String
  /// `rejected`, `truncated`, `dropped`, `replaced` or `ignored`.
  package let action: String
  package let count: UInt64
  package let lastTime: Int64
  package let sample: String

  package init(
    source: String, signal: Signal, reason: String, action: String, count: UInt64, lastTime: Int64, sample: String
  ) {
    self.source = source
    self.signal = signal
    self.reason = reason
    self.action = action
    self.count = count
    self.lastTime = lastTime
    self.sample = sample
  }
}

/// What was not stored as it came.
package protocol RejectedSource: Sendable {
  /// Counts since a time.
  func rejected() async -> (since: Int64, items: [RejectedItem])
}

/// One sender of telemetry.
package struct Sender: Sendable, Hashable {
  package let address: String
  package let userAgent: String
  /// `grpc`, `http/protobuf` or `http/json`.
  package let transport: String
  package let signal: Signal
  package let requests: UInt64
  package let records: UInt64
  package let bytes: UInt64
  package let lastTime: Int64
  package let lastError: String?

  package init(
    address: String, userAgent: String, transport: String, signal: Signal, requests: UInt64, records: UInt64,
    bytes: UInt64, lastTime: Int64, lastError: String?
  ) {
    self.address = address
    self.userAgent = userAgent
    self.transport = transport
    self.signal = signal
    self.requests = requests
    self.records = records
    self.bytes = bytes
    self.lastTime = lastTime
    self.lastError = lastError
  }
}

/// Who sends.
package protocol SenderSource: Sendable {
  func senders() async -> [Sender]
}

/// Batches as they are stored.
package protocol LiveSource: Sendable {
  /// Calls `receive` with every batch of the signal, from any thread, until `unsubscribe`. `receive` returns at once.
  func subscribe(_ signal: Signal, _ receive: @escaping @Sendable (RecordBatch) -> Void) -> Int
  func unsubscribe(_ id: Int)
}

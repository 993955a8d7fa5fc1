package import Ingest
package import NIOSSL
package import PromQL
package import TelemetryModel
package import TelemetryStore

/// Everything that the API serves from, wired once at start.
package struct APIEnvironment: Sendable {
  package var store: any TelemetryStore
  /// The store's metrics as Prometheus series.
  package let metrics: MetricsView
  /// Takes in what compatible APIs are sent; nil: nothing is.
  package var ingest: IngestPipeline?
  package var tokens: any TokenControl
  package var status: any StatusSource
  package var rejected: any RejectedSource
  package var senders: any SenderSource
  package var live: any LiveSource
  /// Rows of a live batch that match, ascending.
  package var liveMatcher: @Sendable (Predicate, RecordBatch) -> [UInt32]
  /// The Prometheus text of `/metrics`.
  package var metricsText: @Sendable () async -> String = { "" }
  /// Whether `/-/ready` says yes.
  package var isReady: @Sendable () -> Bool = { true }
  /// Nanoseconds since 1970.
  package var now: @Sendable () -> Int64 = { WallClock.now() }
  /// Folder of the web build (`index.html`, `assets/…`); nil: a page tells how to build it.
  package var webDirectory: String?
  /// Every path but `/-/healthy` and the UI's own files needs a token.
  package var requiresToken = false
  /// Serves over TLS when set.
  package var tls: NIOSSLContext?
  /// The service that Services leaves out unless asked for.
  package var ownServiceName = "sightline"

  package init(
    store: any TelemetryStore, tokens: any TokenControl, status: any StatusSource, rejected: any RejectedSource,
    senders: any SenderSource, live: any LiveSource,
    liveMatcher: @escaping @Sendable (Predicate, RecordBatch) -> [UInt32]
  ) {
    self.store = store
    metrics = MetricsView(store)
    self.tokens = tokens
    self.status = status
    self.rejected = rejected
    self.senders = senders
    self.live = live
    self.liveMatcher = liveMatcher
  }
}

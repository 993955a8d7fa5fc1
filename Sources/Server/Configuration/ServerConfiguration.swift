package import TelemetryModel

/// Everything that can be set about a running server.
///
/// Made by `ConfigurationLoader` from defaults, one YAML file, the environment and flags, in that order; every property
/// is one `Setting`, which knows its path, its text form and what is valid.
package struct ServerConfiguration: Sendable, Hashable {
  /// Where everything is kept.
  package var dataDirectory = "./sightline-data"
  /// API and UI.
  package var httpAddress = ListenAddress(host: "127.0.0.1", port: 4319)
  package var otlpHTTPAddress = ListenAddress(host: "127.0.0.1", port: 4318)
  package var otlpGRPCAddress = ListenAddress(host: "127.0.0.1", port: 4317)
  /// Where compatible APIs listen at their native roots, besides their place under `httpAddress`.
  package var nativeAddresses: [NativeAPI: ListenAddress] = [:]
  /// PEM files; both or neither.
  package var tlsCertificatePath = ""
  package var tlsKeyPath = ""
  /// TLS is terminated by a proxy in front.
  package var isBehindProxy = false
  /// Folder of the built web UI; empty: looked for beside the binary and in the checkout.
  package var webDirectory = ""

  package var durability = Durability.process
  /// Nanoseconds that records are kept.
  package var logsRetention: Int64 = 30 * Setting.day
  package var tracesRetention: Int64 = 30 * Setting.day
  package var metricsRetention: Int64 = 90 * Setting.day
  /// Nanoseconds that Sightline's own logs, spans and metrics are kept, where everybody's are kept longer.
  package var ownRetention: Int64 = 7 * Setting.day
  /// Bytes of all parts together; 0: no limit.
  package var maximumBytes: Int64 = 0
  /// Bytes of memtables, queries and bodies in flight together; 0: by the machine's memory.
  package var memoryBytes: Int64 = 0
  /// Bytes of one signal's memtable at which it is flushed to parts.
  package var memtableBytes: Int64 = 64 << 20

  package var limits = IngestLimits()
  /// Bytes of request bodies between receipt and acknowledgement.
  package var inFlightBytes: Int64 = 64 << 20

  /// Whether Sightline keeps its own logs, metrics and traces.
  package var selfTelemetry = true
  package var logLevel = "info"

  package init() {}

  package enum Durability: String, Sendable, CaseIterable {
    /// An acknowledged record survives the death of the process.
    case process
    /// It survives the loss of power too.
    case power
  }

  /// Nanoseconds that records of each signal are kept.
  package var retention: [Signal: Int64] {
    [.logs: logsRetention, .spans: tracesRetention, .metrics: metricsRetention]
  }

  /// Nanoseconds beyond which a record of any signal is too old to be taken.
  package var longestRetention: Int64 { max(logsRetention, tracesRetention, metricsRetention) }

  /// Every listener's address.
  package var listenAddresses: [ListenAddress] {
    [httpAddress, otlpHTTPAddress, otlpGRPCAddress] + nativeAddresses.values
  }

  /// Whether anybody but this machine can connect; then tokens are required.
  package var isExposed: Bool { listenAddresses.contains { !$0.isLoopback } }
}

/// A host and a port; port 0 takes a free one.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
  package var host: String
  package var port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Parses `HOST:PORT`, `[IPv6]:PORT` or `:PORT` (all addresses).
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65535).contains(port)
    else { return nil }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
    } else if host.contains(":") {
      return nil
    }
    self.init(host: host.isEmpty ? "0.0.0.0" : host, port: port)
  }

  package var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let octets = host.split(separator: ".", omittingEmptySubsequences: false)
    return octets.count == 4 && octets.allSatisfy { UInt8($0) != nil } && octets[0] == "127"
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

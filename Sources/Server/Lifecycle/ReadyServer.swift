/// Where a server that has just started can be reached.
package struct ReadyServer: Sendable {
  /// URL of the web UI.
  package let uiAddress: String
  /// `HOST:PORT` of the OTLP listeners, the HTTP one first.
  package let otlpAddresses: [String]
}

import Hummingbird
import NIOCore
import TelemetryModel

/// What travels with a request: its id, told in every answer.
struct APIContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel
  let requestID: String
  /// The client's address without its port.
  let peer: String
  /// The name of the token that the request came with; nil when none was needed.
  var tokenName: String?

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
    peer = source.channel.remoteAddress?.ipAddress ?? "local"
    requestID = SpanID(UInt64.random(in: 1...UInt64.max)).description
  }

  /// A decoded part of the path.
  func path(_ name: String) -> String {
    QueryParameters.decode((parameters.get(name) ?? "").utf8, plusIsSpace: false)
  }
}

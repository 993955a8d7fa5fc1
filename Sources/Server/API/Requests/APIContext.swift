import Hummingbird
import TelemetryModel

/// What travels with a request: its id, told in every answer.
struct APIContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let requestID: String

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    requestID = SpanID(UInt64.random(in: 1...UInt64.max)).description
  }

  /// A decoded part of the path.
  func path(_ name: String) -> String {
    QueryParameters.decode((parameters.get(name) ?? "").utf8, plusIsSpace: false)
  }
}

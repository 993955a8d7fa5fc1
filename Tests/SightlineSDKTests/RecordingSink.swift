import SightlineSDK
import Synchronization

/// Keeps the requests and answers by script; accepts when the script is over.
final class RecordingSink: TelemetrySink {
  private struct State {
    var requests: [TelemetryRequest] = []
    var script: [TelemetryVerdict]
  }

  private let state: Mutex<State>

  init(script: [TelemetryVerdict] = []) { state = Mutex(State(script: script)) }

  func receive(_ request: TelemetryRequest) async -> TelemetryVerdict {
    state.withLock { state in
      state.requests.append(request)
      return state.script.isEmpty ? .accepted : state.script.removeFirst()
    }
  }

  /// The bodies of a signal, each as a message.
  func messages(_ signal: TelemetrySignal) throws -> [ProtobufMessage] {
    try state.withLock { $0.requests }.filter { $0.signal == signal }.map { try ProtobufMessage($0.body) }
  }

  /// All spans that arrived, with the name of their scope.
  func spans() throws -> [(scope: String, span: ProtobufMessage)] {
    var spans: [(scope: String, span: ProtobufMessage)] = []
    for message in try messages(.traces) {
      for scope in try message.message(1).messages(2) {
        let name = try scope.message(1).string(1) ?? ""
        for span in try scope.messages(2) { spans.append((name, span)) }
      }
    }
    return spans
  }
}

extension ObservabilityConfiguration {
  /// A configuration that knows nothing of the process's environment and says nothing.
  static func quiet(_ environment: [String: String] = [:]) -> ObservabilityConfiguration {
    var configuration = ObservabilityConfiguration(serviceName: "test", environment: environment)
    configuration.reportsFailures = false
    configuration.retry = RetryConfiguration(
      initialDelay: .milliseconds(20), maximumDelay: .milliseconds(40), circuitPause: .milliseconds(60))
    return configuration
  }
}

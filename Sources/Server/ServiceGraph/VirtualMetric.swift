import PromQL

/// The metrics that Grafana's service graph reads, which nobody sends here: they are computed from spans.
enum VirtualMetric: String, CaseIterable, Sendable {
  case requests = "traces_service_graph_request_total"
  case failedRequests = "traces_service_graph_request_failed_total"
  case serverBuckets = "traces_service_graph_request_server_seconds_bucket"
  case serverCount = "traces_service_graph_request_server_seconds_count"
  case serverSum = "traces_service_graph_request_server_seconds_sum"
  case clientBuckets = "traces_service_graph_request_client_seconds_bucket"
  case clientCount = "traces_service_graph_request_client_seconds_count"
  case clientSum = "traces_service_graph_request_client_seconds_sum"
  case messagingBuckets = "traces_service_graph_request_messaging_system_seconds_bucket"
  case messagingCount = "traces_service_graph_request_messaging_system_seconds_count"
  case messagingSum = "traces_service_graph_request_messaging_system_seconds_sum"
  case calls = "traces_spanmetrics_calls_total"
  case latencyBuckets = "traces_spanmetrics_latency_bucket"
  case latencyCount = "traces_spanmetrics_latency_count"
  case latencySum = "traces_spanmetrics_latency_sum"

  private static let graphPrefix = "traces_service_graph_"
  private static let spanPrefix = "traces_spanmetrics_"

  /// Whether edges between services have to be found, rather than spans to be counted.
  var isOfGraph: Bool { rawValue.hasPrefix(VirtualMetric.graphPrefix) }

  /// The metrics that a selector names: by equality, or by a pattern of which every alternative begins with the prefix of
  /// such names. A pattern that would match every name asks for none.
  static func named(by matchers: [LabelMatcher]) -> Set<VirtualMetric> {
    let names = matchers.filter { $0.name == Labels.metricName }
    guard names.contains(where: namesDeliberately) else { return [] }
    return Set(allCases.filter { metric in names.allSatisfy { $0.accepts(metric.rawValue) } })
  }

  private static func namesDeliberately(_ matcher: LabelMatcher) -> Bool {
    switch matcher.condition {
    case .equal: return true
    case .matches(_, let pattern):
      return pattern.split(separator: "|", omittingEmptySubsequences: false).allSatisfy { alternative in
        alternative.hasPrefix(graphPrefix) || alternative.hasPrefix(spanPrefix)
      }
    case .notEqual, .notMatches: return false
    }
  }
}

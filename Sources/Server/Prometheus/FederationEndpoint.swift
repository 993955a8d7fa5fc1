import Hummingbird
import PromQL

/// `federate`: the latest samples of chosen series as text.
struct FederationEndpoint: Sendable {
  private static let lookback: Int64 = 300_000

  let environment: APIEnvironment
  let view: MetricsView

  func add(to router: Router<APIContext>) {
    router.get("\(PrometheusEndpoints.base)/federate") { request, _ in
      do {
        return try await federate(try await PrometheusRequest(request, environment))
      } catch {
        let failure = PrometheusError(error)
        return Response(text: failure.message + "\n", failure.kind.status)
      }
    }
  }

  private func federate(_ request: PrometheusRequest) async throws -> Response {
    var latest: [Labels: (time: Int64, value: Double)] = [:]
    for matchers in try request.matchers() {
      let series = try await view.select(
        SampleRequest(matchers: matchers, start: request.now - FederationEndpoint.lookback, end: request.now))
      for one in series {
        // Text has no native histograms.
        guard let row = one.floats.range.last else { continue }
        let (time, value) = (one.floats.times[row], one.floats.values[row])
        if !StaleMarker.marks(value) { latest[one.labels] = (time, value) }
      }
    }
    var text = ""
    var lastName: String?
    for (labels, sample) in latest.sorted(by: { $0.key.precedes($1.key) }) {
      if labels.name != lastName {
        text += "# TYPE \(FederationEndpoint.name(labels.name)) untyped\n"
        lastName = labels.name
      }
      text += FederationEndpoint.line(labels) + " \(PrometheusNumber.text(sample.value)) \(sample.time)\n"
    }
    return Response(text: text, type: "text/plain; version=0.0.4; charset=utf-8")
  }

  private static func isPlain(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return name.unicodeScalars.allSatisfy { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_", ":": true
      default: false
      }
    }
  }

  private static func name(_ name: String) -> String { isPlain(name) ? name : quoted(name) }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func line(_ labels: Labels) -> String {
    var parts = labels.pairs.filter { $0.name != Labels.metricName }.map { name($0.name) + "=" + quoted($0.value) }
    let isNamePlain = isPlain(labels.name)
    if !isNamePlain { parts.insert(quoted(labels.name), at: 0) }
    if labels["instance"] == nil { parts.append("instance=\"\"") }
    return (isNamePlain ? labels.name : "") + "{" + parts.joined(separator: ",") + "}"
  }
}

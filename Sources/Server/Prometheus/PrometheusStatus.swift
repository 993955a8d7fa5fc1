import Hummingbird
import PromQL
import TelemetryModel

/// What Prometheus says of itself; lists of what is not here are empty.
struct PrometheusStatus: Sendable {
  /// The release whose API this is: clients choose what they may ask by it.
  private static let version = "3.14.0"

  let environment: APIEnvironment
  let view: MetricsView

  func answer(_ page: String) async throws -> PrometheusAnswer {
    let status = await environment.status.status()
    var answer = PrometheusAnswer()
    switch page {
    case "buildinfo": answer.data(PrometheusStatus.build)
    case "config": answer.data { $0.members([("yaml", "")]) }
    case "flags": answer.data { $0.members([("storage.tsdb.path", status.dataDirectory)]) }
    case "runtimeinfo":
      answer.data { writer in
        writer.beginObject()
        writer.member("CWD", string: status.dataDirectory)
        writer.member("reloadConfigSuccess", bool: true)
        writer.member("corruptionCount", integer: 0)
        writer.endObject()
      }
    case "tsdb": try await statistics(&answer)
    case "walreplay":
      answer.data { writer in
        writer.beginObject()
        for name in ["min", "max", "current"] {
          writer.key(name)
          writer.integer(0)
        }
        writer.endObject()
      }
    default: throw PrometheusError(.notFound, "no such page: status/\(page)")
    }
    return answer
  }

  private static func build(_ writer: inout JSONWriter) {
    writer.members([
      ("version", version), ("revision", "sightline-\(SightlineVersion.text)"), ("branch", "HEAD"), ("buildUser", ""),
      ("buildDate", ""), ("goVersion", ""),
    ])
  }

  /// Series by metric and by label pair, from the last hour.
  private func statistics(_ answer: inout PrometheusAnswer) async throws {
    let now = environment.now() / 1_000_000
    let series = try await view.series([[]], start: now - 3_600_000, end: now)
    var metrics: [String: Int] = [:]
    var pairs: [String: Int] = [:]
    var values: [String: Set<String>] = [:]
    for labels in series {
      metrics[labels.name, default: 0] += 1
      for pair in labels.pairs {
        pairs[pair.name + "=" + pair.value, default: 0] += 1
        values[pair.name, default: []].insert(pair.value)
      }
    }
    answer.data { writer in
      writer.beginObject()
      writer.key("headStats")
      writer.beginObject()
      writer.member("numSeries", integer: series.count)
      writer.member("numLabelPairs", integer: pairs.count)
      writer.member("minTime", integer: now - 3_600_000)
      writer.member("maxTime", integer: now)
      writer.endObject()
      writer.counts("seriesCountByMetricName", metrics)
      writer.counts("labelValueCountByLabelName", values.mapValues(\.count))
      writer.counts("seriesCountByLabelValuePair", pairs)
      writer.endObject()
    }
  }

  /// Answers whose lists are empty until rules and scraping come.
  static func empty(_ page: String) -> PrometheusAnswer {
    var answer = PrometheusAnswer()
    answer.data { writer in
      switch page {
      case "rules": writer.lists(["groups"])
      case "alerts": writer.lists(["alerts"])
      case "targets": writer.lists(["activeTargets", "droppedTargets"])
      case "alertmanagers": writer.lists(["activeAlertmanagers", "droppedAlertmanagers"])
      case "targets/metadata":
        writer.beginArray()
        writer.endArray()
      default:
        writer.beginObject()
        writer.endObject()
      }
    }
    return answer
  }

  /// What of Prometheus' optional features is on.
  static func features() -> PrometheusAnswer {
    var answer = PrometheusAnswer()
    answer.data { writer in
      writer.beginObject()
      for (group, names) in [
        ("api", ["exemplars", "query_stats", "label_values_match", "remote_read", "remote_write_receiver"]),
        ("promql", ["at_modifier", "negative_offset", "native_histograms", "duration_expressions"]),
        ("promql_functions", FunctionSignature.all.keys.sorted()),
        ("promql_operators", AggregateOperator.allCases.map(\.rawValue).sorted()),
      ] {
        writer.key(group)
        writer.beginObject()
        for name in names {
          writer.key(name)
          writer.bool(true)
        }
        writer.endObject()
      }
      writer.endObject()
    }
    return answer
  }
}

extension JSONWriter {
  fileprivate mutating func members(_ members: [(String, String)]) {
    beginObject()
    for (name, text) in members {
      key(name)
      string(text)
    }
    endObject()
  }

  fileprivate mutating func lists(_ names: [String]) {
    beginObject()
    for name in names {
      key(name)
      beginArray()
      endArray()
    }
    endObject()
  }

  /// The ten greatest counts.
  fileprivate mutating func counts(_ name: String, _ counts: [String: Int]) {
    key(name)
    beginArray()
    for (name, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(10) {
      beginObject()
      member("name", string: name)
      member("value", integer: count)
      endObject()
    }
    endArray()
  }
}

/// One metric of the server about itself, gathered when it is asked for.
package struct OwnMetric: Sendable {
  package enum Kind: String, Sendable {
    case counter, gauge
  }

  package struct Sample: Sendable {
    package let labels: [(name: String, value: String)]
    package let value: Double

    package init(_ value: Double, labels: [(name: String, value: String)] = []) {
      self.labels = labels
      self.value = value
    }
  }

  /// Prometheus form, with the unit and, for counters, `_total`.
  package let name: String
  package let help: String
  package let kind: Kind
  package let samples: [Sample]

  package init(_ name: String, _ help: String, _ kind: Kind, _ samples: [Sample]) {
    self.name = name
    self.help = help
    self.kind = kind
    self.samples = samples
  }

  package init(_ name: String, _ help: String, _ kind: Kind, value: Double) {
    self.init(name, help, kind, [Sample(value)])
  }
}

/// The text exposition format 0.0.4 of Prometheus.
package enum Exposition {
  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  package static func render(_ metrics: [OwnMetric]) -> String {
    var text = ""
    for metric in metrics {
      text += "# HELP \(metric.name) \(metric.help)\n# TYPE \(metric.name) \(metric.kind.rawValue)\n"
      for sample in metric.samples {
        let labels = sample.labels.map { "\($0.name)=\"\(escape($0.value))\"" }.joined(separator: ",")
        text += metric.name + (labels.isEmpty ? "" : "{\(labels)}") + " \(number(sample.value))\n"
      }
    }
    return text
  }

  private static func number(_ value: Double) -> String {
    if let whole = Int64(exactly: value) { return String(whole) }
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return value.description
  }

  private static func escape(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "\\": escaped += "\\\\"
      case "\"": escaped += "\\\""
      case "\n": escaped += "\\n"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}

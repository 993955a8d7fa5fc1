import Synchronization
import TelemetryModel
import TelemetryText

/// The Prometheus labels of OpenTelemetry attributes.
enum LabelNaming {
  /// Resource attributes that are labels of every series of the resource.
  static let promotedAttributes = [
    "service.name", "service.namespace", "service.instance.id", "service.version", "deployment.environment.name",
    "host.name", "cloud.region", "k8s.namespace.name", "k8s.pod.name", "k8s.node.name", "k8s.deployment.name",
    "container.name",
  ]

  private static let nameLimit = 10_000
  private static let names = Mutex<[String: String]>([:])

  /// The label of an attribute; keys are few, and each is translated once.
  static func label(_ key: String) -> String {
    if let known = names.withLock({ $0[key] }) { return known }
    let name = translated(key)
    names.withLock { names in
      if names.count >= nameLimit { names.removeAll() }
      names[key] = name
    }
    return name
  }

  /// Every character but ASCII letters, digits and underscores becomes an underscore; a name that begins with a digit or a
  /// single underscore gets a prefix.
  private static func translated(_ key: String) -> String {
    var name = ""
    for scalar in key.unicodeScalars {
      let isKept = scalar == "_" || (scalar.isASCII && MetricNaming.isLetterOrDigit(UInt8(scalar.value)))
      name.unicodeScalars.append(isKept ? scalar : "_")
    }
    guard let first = name.utf8.first else { return name }
    if MetricNaming.isDigit(first) { return "key_" + name }
    return name.hasPrefix("_") && !name.hasPrefix("__") ? "key" + name : name
  }

  /// The value as a label shows it.
  static func text(_ value: AttributeValue) -> String {
    switch value {
    case .string(let text): text
    case .double(let number): GoText.plain(number)
    case .array, .map, .empty, .bool, .int, .bytes: nestedText(value, isNested: false)
    }
  }

  private static func nestedText(_ value: AttributeValue, isNested: Bool) -> String {
    switch value {
    case .empty: isNested ? "null" : ""
    case .string(let text): JSONQuoting.quoted(text)
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): number.description
    case .double(let number): GoText.plain(number)
    case .bytes(let bytes):
      String(bytes.flatMap { [hexadecimal[Int($0 >> 4)], hexadecimal[Int($0 & 15)]] })
    case .array(let values): "[" + values.map { nestedText($0, isNested: true) }.joined(separator: ",") + "]"
    case .map(let entries):
      "{"
        + entries.map { JSONQuoting.quoted($0.key) + ":" + nestedText($0.value, isNested: true) }.joined(separator: ",")
        + "}"
    }
  }

  private static let hexadecimal = Array("0123456789abcdef")
}

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

  /// Every character but ASCII letters, digits and underscores becomes an underscore; a name that begins with a digit or a
  /// single underscore gets a prefix.
  static func label(_ key: String) -> String {
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
    case .double(let number): NumberText.shortest(number)
    case .array, .map, .empty, .bool, .int, .bytes: nestedText(value, isNested: false)
    }
  }

  private static func nestedText(_ value: AttributeValue, isNested: Bool) -> String {
    switch value {
    case .empty: isNested ? "null" : ""
    case .string(let text): JSONQuoting.quoted(text)
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): number.description
    case .double(let number): NumberText.shortest(number)
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

/// Numbers in labels.
enum NumberText {
  /// The shortest decimal text without an exponent that reads back as the same number: `0.005`, `10`, `+Inf`.
  static func shortest(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
    let text = number.description
    guard let exponentStart = text.firstIndex(where: { $0 == "e" || $0 == "E" }) else {
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    let exponent = Int(text[text.index(after: exponentStart)...].drop { $0 == "+" }) ?? 0
    let isNegative = text.hasPrefix("-")
    let mantissa = text[..<exponentStart].drop { $0 == "-" }
    let parts = mantissa.split(separator: ".", maxSplits: 1)
    let whole = String(parts[0])
    let fraction = parts.count > 1 && parts[1] != "0" ? String(parts[1]) : ""
    let digits = whole + fraction
    let point = whole.count + exponent
    let plain: String
    if point <= 0 {
      plain = "0." + String(repeating: "0", count: -point) + digits
    } else if point >= digits.count {
      plain = digits + String(repeating: "0", count: point - digits.count)
    } else {
      plain = String(digits.prefix(point)) + "." + String(digits.dropFirst(point))
    }
    return isNegative ? "-" + plain : plain
  }
}

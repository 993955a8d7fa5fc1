import TelemetryModel

/// One thing that can be set: its path in the YAML file, its text form, and what it changes.
package struct Setting: Sendable {
  /// Dotted path in the file; the environment variable is `SIGHTLINE_` and the path in capitals with `_`.
  package let path: String
  package let summary: String
  /// What a valid value looks like, for messages.
  package let form: String
  /// Takes a value; false when it is not valid.
  let apply: @Sendable (inout ServerConfiguration, String) -> Bool
  /// The value in text form; `apply` takes it back.
  let show: @Sendable (ServerConfiguration) -> String

  package var environmentName: String { "SIGHTLINE_" + path.uppercased().map { $0 == "." ? "_" : String($0) }.joined() }

  static let day: Int64 = 86_400_000_000_000

  /// All settings, in the order in which the effective configuration is printed.
  package static let all: [Setting] = [
    text("data", "folder that holds everything", \.dataDirectory),
    address("listen.http", "API and web UI", \.httpAddress),
    address("listen.otlp_http", "OTLP over HTTP (takes gRPC too)", \.otlpHTTPAddress),
    address("listen.otlp_grpc", "OTLP over gRPC (takes HTTP too)", \.otlpGRPCAddress),
    native(.prometheus, "Prometheus' API at its native root, usually on 9090"),
    native(.loki, "Loki's API at its native root, usually on 3100"),
    native(.tempo, "Tempo's API at its native root, usually on 3200"),
    native(.jaeger, "Jaeger's API at its native root, usually on 16686"),
    text("tls.certificate", "PEM file of the certificate chain", \.tlsCertificatePath),
    text("tls.key", "PEM file of the private key", \.tlsKeyPath),
    flag("behind_proxy", "a proxy in front terminates TLS", \.isBehindProxy),
    text("web", "folder of the built web UI", \.webDirectory),
    Setting(
      path: "storage.durability", summary: "what an acknowledged record survives", form: "process or power",
      apply: { configuration, text in
        guard let value = ServerConfiguration.Durability(rawValue: text) else { return false }
        configuration.durability = value
        return true
      }, show: { $0.durability.rawValue }),
    duration("storage.retention.logs", "how long logs are kept", \.logsRetention),
    duration("storage.retention.traces", "how long spans are kept", \.tracesRetention),
    duration("storage.retention.metrics", "how long metrics are kept", \.metricsRetention),
    duration(
      "storage.retention.self", "how long Sightline's own logs, spans and metrics are kept, if shorter", \.ownRetention),
    bytes("storage.maximum", "size of everything stored, 0 for no limit", \.maximumBytes, minimum: 0),
    bytes("storage.memtable", "size at which a memtable becomes parts", \.memtableBytes, minimum: 1 << 20),
    bytes(
      "memory", "budget of memtables, queries and bodies; 0: 40 % of the machine, at most 800 MiB", \.memoryBytes,
      minimum: 0),
    bytes("ingest.in_flight", "request bodies between receipt and answer", \.inFlightBytes, minimum: 1 << 20),
    count("ingest.limits.body_bytes", "a body after decompression", \.limits.bodyBytes),
    count("ingest.limits.record_bytes", "one record", \.limits.recordBytes),
    count("ingest.limits.value_bytes", "a log body or attribute value; longer ones are cut", \.limits.valueBytes),
    count("ingest.limits.attributes", "attributes of a record, span or resource", \.limits.attributes),
    count("ingest.limits.key_bytes", "an attribute key", \.limits.keyBytes),
    duration("ingest.limits.future", "how far ahead of now a record may lie", \.limits.futureNanoseconds),
    flag("self_telemetry", "keep Sightline's own logs, metrics and traces", \.selfTelemetry),
    Setting(
      path: "log.level", summary: "of what is printed", form: "trace, debug, info, notice, warning, error or critical",
      apply: { configuration, text in
        guard ["trace", "debug", "info", "notice", "warning", "error", "critical"].contains(text) else { return false }
        configuration.logLevel = text
        return true
      }, show: { $0.logLevel }),
  ]

  package static func named(_ path: String) -> Setting? { all.first { $0.path == path } }

  private typealias Path<Value> = WritableKeyPath<ServerConfiguration, Value> & Sendable

  private static func text(_ path: String, _ summary: String, _ property: any Path<String>) -> Setting {
    Setting(
      path: path, summary: summary, form: "text",
      apply: { configuration, text in
        configuration[keyPath: property] = text
        return true
      }, show: { $0[keyPath: property] })
  }

  private static func address(_ path: String, _ summary: String, _ property: any Path<ListenAddress>) -> Setting {
    Setting(
      path: path, summary: summary, form: "HOST:PORT",
      apply: { configuration, text in
        guard let value = ListenAddress(text) else { return false }
        configuration[keyPath: property] = value
        return true
      }, show: { $0[keyPath: property].description })
  }

  private static func native(_ api: NativeAPI, _ summary: String) -> Setting {
    Setting(
      path: "listen.\(api.rawValue)", summary: summary, form: "HOST:PORT, or nothing for no such listener",
      apply: { configuration, text in
        let address = ListenAddress(text)
        guard text.isEmpty || address != nil else { return false }
        configuration.nativeAddresses[api] = address
        return true
      }, show: { $0.nativeAddresses[api]?.description ?? "" })
  }

  private static func flag(_ path: String, _ summary: String, _ property: any Path<Bool>) -> Setting {
    Setting(
      path: path, summary: summary, form: "true or false",
      apply: { configuration, text in
        guard let value = Bool(text) else { return false }
        configuration[keyPath: property] = value
        return true
      }, show: { String($0[keyPath: property]) })
  }

  private static func duration(_ path: String, _ summary: String, _ property: any Path<Int64>) -> Setting {
    Setting(
      path: path, summary: summary, form: "a duration such as 12h or 30d",
      apply: { configuration, text in
        guard let value = DurationText.parse(text), value > 0 else { return false }
        configuration[keyPath: property] = value
        return true
      }, show: { DurationText.format($0[keyPath: property]) })
  }

  private static func bytes(_ path: String, _ summary: String, _ property: any Path<Int64>, minimum: Int64) -> Setting {
    Setting(
      path: path, summary: summary, form: "a size such as 512MiB or 20GiB",
      apply: { configuration, text in
        guard let value = ByteCountText.parse(text), value >= minimum else { return false }
        configuration[keyPath: property] = value
        return true
      }, show: { ByteCountText.format($0[keyPath: property]) })
  }

  private static func count(_ path: String, _ summary: String, _ property: any Path<Int>) -> Setting {
    Setting(
      path: path, summary: summary, form: "a positive number or size",
      apply: { configuration, text in
        guard let value = ByteCountText.parse(text), value > 0, value <= 1 << 31 else { return false }
        configuration[keyPath: property] = Int(value)
        return true
      }, show: { ByteCountText.format(Int64($0[keyPath: property])) })
  }
}

/// Durations as `90s`, `15m`, `12h`, `30d`; nanoseconds.
enum DurationText {
  private static let units: [(suffix: String, nanoseconds: Int64)] = [
    ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000), ("d", Setting.day),
  ]

  static func parse(_ text: String) -> Int64? {
    for unit in units where text.hasSuffix(unit.suffix) {
      guard let number = Int64(text.dropLast(unit.suffix.count)) else { continue }
      let (value, overflow) = number.multipliedReportingOverflow(by: unit.nanoseconds)
      return overflow ? nil : value
    }
    return nil
  }

  static func format(_ nanoseconds: Int64) -> String {
    for unit in units.reversed() where nanoseconds % unit.nanoseconds == 0 {
      return "\(nanoseconds / unit.nanoseconds)\(unit.suffix)"
    }
    return "\(nanoseconds / 1_000_000)ms"
  }
}

/// Sizes as `4096`, `64KiB`, `512MiB`, `20GiB`.
enum ByteCountText {
  private static let units: [(suffix: String, bytes: Int64)] = [
    ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("", 1),
  ]

  static func parse(_ text: String) -> Int64? {
    for unit in units where text.hasSuffix(unit.suffix) {
      guard let number = Int64(text.dropLast(unit.suffix.count)), number >= 0 else { return nil }
      let (value, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
      return overflow ? nil : value
    }
    return nil
  }

  static func format(_ bytes: Int64) -> String {
    for unit in units where bytes >= unit.bytes && bytes % unit.bytes == 0 {
      return "\(bytes / unit.bytes)\(unit.suffix)"
    }
    return "\(bytes)"
  }
}

/// The words of OpenTelemetry's enumerations, as the API and the UI write them.
package enum SpanKind: Int64, Sendable, CaseIterable {
  case unspecified = 0
  case `internal` = 1
  case server = 2
  case client = 3
  case producer = 4
  case consumer = 5

  package var name: String {
    switch self {
    case .unspecified: "unspecified"
    case .internal: "internal"
    case .server: "server"
    case .client: "client"
    case .producer: "producer"
    case .consumer: "consumer"
    }
  }
}

/// Span status.
package enum StatusCode: Int64, Sendable, CaseIterable {
  case unset = 0
  case ok = 1
  case error = 2

  package var name: String {
    switch self {
    case .unset: "unset"
    case .ok: "ok"
    case .error: "error"
    }
  }
}

/// The six ranges of `SeverityNumber` and the name each goes by.
package enum SeverityRange: Int, Sendable, CaseIterable {
  case trace = 1
  case debug = 5
  case info = 9
  case warn = 13
  case error = 17
  case fatal = 21

  package var name: String {
    switch self {
    case .trace: "trace"
    case .debug: "debug"
    case .info: "info"
    case .warn: "warn"
    case .error: "error"
    case .fatal: "fatal"
    }
  }

  /// The four numbers of the range.
  package var numbers: ClosedRange<Int64> { Int64(rawValue)...Int64(rawValue) + 3 }

  /// The range of a severity number; nil for 0 and for numbers that OpenTelemetry does not define.
  package init?(number: Int64) {
    guard (1...24).contains(number) else { return nil }
    self.init(rawValue: Int((number - 1) / 4 * 4 + 1))
  }

  /// The range named `text` (any case; `warning`, `err`, `critical` and such are understood).
  package init?(name text: String) {
    switch text.lowercased() {
    case "trace": self = .trace
    case "debug": self = .debug
    case "info", "information", "notice": self = .info
    case "warn", "warning": self = .warn
    case "error", "err": self = .error
    case "fatal", "critical", "crit", "emergency", "panic": self = .fatal
    default: return nil
    }
  }
}

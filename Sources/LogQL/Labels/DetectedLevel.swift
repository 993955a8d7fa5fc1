import TelemetryModel

/// `detected_level`: the level of a line, derived when it is read.
enum DetectedLevel {
  static let name = "detected_level"

  /// Labels that hold a level when a record has no severity number, in the order they are looked at.
  static let sourceNames = [
    "level", "LEVEL", "Level", "log_level", "severity", "SEVERITY", "Severity", "severity_text", "SEVERITY_TEXT", "lvl",
    "LVL", "Lvl",
  ]

  /// The level of a severity number; nil when it is out of range.
  static func text(severity: Int64) -> String? { SeverityRange(number: severity)?.name.lowercased() }

  /// The level that a word stands for: `unknown` when it stands for none.
  static func text(word: String) -> String {
    switch word.lowercased() {
    case "trace", "trc": "trace"
    case "debug", "dbg": "debug"
    case "info", "inf", "information", "notice": "info"
    case "warn", "wrn", "warning": "warn"
    case "error", "err": "error"
    case "critical", "crit": "critical"
    case "fatal", "panic", "emergency", "alert": "fatal"
    default: "unknown"
    }
  }
}

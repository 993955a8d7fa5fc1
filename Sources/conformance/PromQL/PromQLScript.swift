import PromQL

/// The commands of a script in Prometheus's test language.
enum PromQLScriptCommand {
  case clear
  case load(step: Int64, series: [SeriesDescription], withCustomBuckets: Bool)
  case eval(PromQLEvaluation)
}

/// A query with what it must answer.
struct PromQLEvaluation {
  /// Which of an answer's texts must be there.
  enum TextExpectation {
    case any
    case message(String)
    case pattern(String)
  }

  var line: Int
  var query: String
  /// Milliseconds. A query at one time has its end at its start and no step.
  var start: Int64
  var end: Int64
  var step: Int64?
  var isOrdered = false
  var failure: TextExpectation?
  var warnings: [TextExpectation] = []
  var infos: [TextExpectation] = []
  var forbidsWarnings = false
  var forbidsInfos = false
  var string: String?
  var scalar: Double?
  var series: [SeriesDescription] = []
  /// The grid of an expected range vector, in milliseconds.
  var rangeVector: (start: Int64, end: Int64, step: Int64)?
}

/// Labels with values at consecutive steps.
struct SeriesDescription {
  /// One step.
  enum Item {
    case absent
    case float(Double)
    case histogram(NativeHistogram, hasHint: Bool)
    case stale
  }

  var labels: Labels
  var items: [Item]
}

/// Why a script cannot be read.
struct PromQLScriptError: Error, CustomStringConvertible {
  var line: Int
  var message: String
  var description: String { "\(line): \(message)" }
}

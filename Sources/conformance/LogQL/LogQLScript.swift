/// One file of Loki's `logqltest` language.
struct LogQLScript {
  /// One log line that is loaded.
  struct Entry {
    /// `{app="a"}`, as written.
    let stream: [(name: String, value: String)]
    let line: String
    /// Nanoseconds from the script's zero.
    let time: Int64
    let metadata: [(name: String, value: String)]
  }

  /// One expected series.
  struct Series {
    let labels: [(name: String, value: String)]
    /// nil where the step has no value.
    let values: [Double?]
  }

  /// What an evaluation should give.
  struct Expectation {
    var isEmpty = false
    var isOrdered = false
    var fails = false
    /// A part of the failure's message.
    var message: String?
    /// A regular expression that the failure's message matches.
    var pattern: String?
    var series: [Series] = []
  }

  /// One evaluation.
  struct Evaluation {
    let lineNumber: Int
    let query: String
    let start: Int64
    let end: Int64
    /// nil for an instant evaluation.
    let step: Int64?
    var expectation = Expectation()
  }

  enum Command {
    case clear
    case load([Entry])
    case evaluate(Evaluation)
  }

  let commands: [Command]
}

/// Why a script cannot be read.
struct ScriptError: Error, CustomStringConvertible {
  let lineNumber: Int
  let message: String

  var description: String { "line \(lineNumber): \(message)" }
}

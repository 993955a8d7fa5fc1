import LogQL

/// Reads scripts of the `logqltest` language.
struct LogQLScriptReader {
  private var commands: [LogQLScript.Command] = []
  private var entries: [LogQLScript.Entry]?
  private var evaluation: LogQLScript.Evaluation?

  static func read(_ text: String) throws(ScriptError) -> LogQLScript {
    var reader = LogQLScriptReader()
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      try reader.read(String(line), number: index + 1)
    }
    reader.finish()
    return LogQLScript(commands: reader.commands)
  }

  private mutating func finish() {
    if let entries { commands.append(.load(entries)) }
    if let evaluation { commands.append(.evaluate(evaluation)) }
    entries = nil
    evaluation = nil
  }

  private mutating func read(_ raw: String, number: Int) throws(ScriptError) {
    var line = ScriptLine(raw, number: number)
    if line.isAtEnd { return }
    guard !line.isIndented else {
      if entries != nil {
        entries?.append(contentsOf: try LogQLScriptReader.entries(&line))
      } else if evaluation != nil {
        try expect(&line)
      } else {
        throw line.error("unexpected indented line")
      }
      return
    }
    finish()
    switch line.word() {
    case "clear": commands.append(.clear)
    case "load": entries = []
    case "eval": evaluation = try LogQLScriptReader.evaluation(&line)
    case let word: throw line.error("unknown command \(word)")
    }
  }

  // MARK: load

  private static func entries(_ line: inout ScriptLine) throws(ScriptError) -> [LogQLScript.Entry] {
    let stream = try line.labels()
    let text = try line.text()
    try line.expect("@")
    let first = try line.duration()
    var step: Int64 = 0
    var count = 1
    var metadata: [(name: String, value: String)] = []
    while line.consume("[") {
      switch line.word() {
      case "repeat":
        try line.expect("every")
        step = try line.duration()
        try line.expect("for")
        count = try line.integer()
      case "metadata": metadata = try line.pairs()
      case let word: throw line.error("unknown option \(word)")
      }
      try line.expect("]")
    }
    return (0..<count).map { index in
      LogQLScript.Entry(
        stream: stream, line: text.replacingIndex(index), time: first + Int64(index) * step,
        metadata: metadata.map { ($0.name, $0.value.replacingIndex(index)) })
    }
  }

  // MARK: eval

  private static func evaluation(_ line: inout ScriptLine) throws(ScriptError) -> LogQLScript.Evaluation {
    switch line.word() {
    case "instant":
      try line.expect("at")
      let time = try line.duration()
      return LogQLScript.Evaluation(lineNumber: line.number, query: line.rest(), start: time, end: time, step: nil)
    case "range":
      try line.expect("from")
      let start = try line.duration()
      try line.expect("to")
      let end = try line.duration()
      try line.expect("step")
      let step = try line.duration()
      return LogQLScript.Evaluation(lineNumber: line.number, query: line.rest(), start: start, end: end, step: step)
    case let word: throw line.error("unknown evaluation \(word)")
    }
  }

  private mutating func expect(_ line: inout ScriptLine) throws(ScriptError) {
    if line.consume("expect") {
      switch line.word() {
      case "empty": evaluation?.expectation.isEmpty = true
      case "ordered": evaluation?.expectation.isOrdered = true
      case "fail":
        evaluation?.expectation.fails = true
        if line.consume("msg:") { evaluation?.expectation.message = line.rest() }
        if line.consume("regex:") { evaluation?.expectation.pattern = line.rest() }
      case let word: throw line.error("unknown expectation \(word)")
      }
      return
    }
    if line.consume("skip") { return }
    let labels = try line.labels()
    var values: [Double?] = []
    while !line.isAtEnd { values.append(try line.value()) }
    evaluation?.expectation.series.append(LogQLScript.Series(labels: labels, values: values))
  }
}

extension String {
  /// The text with the entry's index for `{{.i}}`.
  fileprivate func replacingIndex(_ index: Int) -> String {
    var result = ""
    var rest = self[...]
    while let range = rest.firstRange(of: "{{.i}}") {
      result += rest[..<range.lowerBound] + String(index)
      rest = rest[range.upperBound...]
    }
    return result + rest
  }
}

import PromQL

/// Reads scripts.
struct PromQLScriptReader {
  private let lines: [String]
  private var index = 0

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let trimmed = Self.trimmed(line)
      return trimmed.hasPrefix("#") ? "" : trimmed
    }
  }

  static func trimmed(_ text: Substring) -> String {
    var text = text
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }

  static func commands(of text: String) throws -> [PromQLScriptCommand] {
    var reader = PromQLScriptReader(text)
    var commands: [PromQLScriptCommand] = []
    while reader.index < reader.lines.count {
      let line = reader.lines[reader.index]
      reader.index += 1
      if line.isEmpty { continue }
      var words = ScriptWords(line)
      let word = words.next()
      switch word {
      case "clear": commands.append(.clear)
      case "load", "load_with_nhcb":
        let step = try reader.duration(words.next())
        commands.append(
          .load(step: step, series: try reader.seriesBlock(), withCustomBuckets: word == "load_with_nhcb"))
      default:
        guard word.hasPrefix("eval") else { throw reader.failure("unknown command \(word)") }
        commands.append(.eval(try reader.evaluation(word, words)))
      }
    }
    return commands
  }

  private func failure(_ message: String) -> PromQLScriptError { PromQLScriptError(line: index, message: message) }

  private func duration(_ text: String) throws -> Int64 {
    guard let milliseconds = ScriptDuration.milliseconds(text) else { throw failure("no duration: \(text)") }
    return milliseconds
  }

  private mutating func seriesBlock() throws -> [SeriesDescription] {
    var series: [SeriesDescription] = []
    while index < lines.count, !lines[index].isEmpty {
      let line = lines[index]
      index += 1
      series.append(try description(line))
    }
    return series
  }

  private func description(_ line: String) throws -> SeriesDescription {
    do {
      return try SeriesDescriptionReader.read(line)
    } catch {
      throw failure("\(error): \(line)")
    }
  }

  private mutating func evaluation(_ command: String, _ rest: ScriptWords) throws -> PromQLEvaluation {
    var words = rest
    var evaluation = PromQLEvaluation(line: index, query: "", start: 0, end: 0)
    switch words.next() {
    case "instant":
      guard words.next() == "at" else { throw failure("no time") }
      evaluation.start = try duration(words.next())
      evaluation.end = evaluation.start
    case "range":
      guard words.next() == "from" else { throw failure("no start") }
      evaluation.start = try duration(words.next())
      guard words.next() == "to" else { throw failure("no end") }
      evaluation.end = try duration(words.next())
      guard words.next() == "step" else { throw failure("no step") }
      evaluation.step = try duration(words.next())
    default: throw failure("neither instant nor range")
    }
    evaluation.query = words.rest
    switch command {
    case "eval_fail": evaluation.failure = .any
    case "eval_warn": evaluation.warnings.append(.any)
    case "eval_info": evaluation.infos.append(.any)
    case "eval_ordered": evaluation.isOrdered = true
    default: break
    }
    while index < lines.count, !lines[index].isEmpty {
      let line = lines[index]
      index += 1
      var words = ScriptWords(line)
      switch words.next() {
      case "expect": try expectation(words, &evaluation)
      case "expected_fail_message", "expect_fail_message": evaluation.failure = .message(words.rest)
      case "expected_fail_regexp", "expect_fail_regexp": evaluation.failure = .pattern(words.rest)
      default:
        if let number = SeriesDescriptionReader.number(line) {
          evaluation.scalar = number
        } else {
          evaluation.series.append(try description(line))
        }
      }
    }
    return evaluation
  }

  private func expectation(_ words: ScriptWords, _ evaluation: inout PromQLEvaluation) throws {
    var words = words
    let kind = words.next()
    let rest = words.rest
    let text: PromQLEvaluation.TextExpectation
    if rest.hasPrefix("msg:") {
      text = .message(Self.trimmed(rest.dropFirst(4)))
    } else if rest.hasPrefix("regex:") {
      text = .pattern(Self.trimmed(rest.dropFirst(6)))
    } else {
      text = .any
    }
    switch kind {
    case "fail": evaluation.failure = text
    case "warn": evaluation.warnings.append(text)
    case "info": evaluation.infos.append(text)
    case "no_warn": evaluation.forbidsWarnings = true
    case "no_info": evaluation.forbidsInfos = true
    case "ordered": evaluation.isOrdered = true
    case "string":
      guard case .string(let literal) = try Engine.parse(rest) else { throw failure("no string: \(rest)") }
      evaluation.string = literal.text
    case "range":
      guard words.next() == "vector", words.next() == "from" else { throw failure("malformed expectation") }
      let start = try duration(words.next())
      _ = words.next()
      let end = try duration(words.next())
      _ = words.next()
      evaluation.rangeVector = (start, end, try duration(words.next()))
    default: throw failure("unknown expectation \(kind)")
    }
  }
}

/// Words between blanks.
struct ScriptWords {
  private var text: Substring

  init(_ text: String) { self.text = text[...] }

  mutating func next() -> String {
    text = text.drop(while: \.isWhitespace)
    let word = text.prefix { !$0.isWhitespace }
    text = text[word.endIndex...]
    return String(word)
  }

  /// What follows, without blanks around it.
  var rest: String { PromQLScriptReader.trimmed(text) }
}

/// Durations of scripts.
enum ScriptDuration {
  static func milliseconds(_ text: String) -> Int64? {
    if let seconds = Double(text) { return Int64((seconds * 1000).rounded()) }
    guard case .number(let literal)? = try? Engine.parse(text) else { return nil }
    return Int64((literal.value * 1000).rounded())
  }
}

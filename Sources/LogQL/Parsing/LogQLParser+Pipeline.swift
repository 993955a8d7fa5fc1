/// Stream selectors and pipelines.
extension LogQLParser {
  /// `{…}` with the stages behind it.
  mutating func selection() throws(LogQLError) -> LogSelection {
    var selection = LogSelection(try matchers())
    while let stage = try stageIfPresent(allowsUnwrap: false) {
      selection.stages.append(stage)
      try checkStageCount(selection)
    }
    return selection
  }

  mutating func matchers() throws(LogQLError) -> [StreamMatcher] {
    let start = offset
    try expect("{")
    var matchers: [StreamMatcher] = []
    while !isSymbol("}") {
      let name = try labelName()
      guard case .symbol(let text) = current.kind, let operation = MatchOperation(rawValue: text) else {
        throw unexpected(expecting: "= or != or =~ or !~")
      }
      advance()
      let valueStart = offset
      let value = try string()
      if operation == .matches || operation == .doesNotMatch {
        try QueryChecker.checkExpression(value, offset: valueStart)
      }
      matchers.append(StreamMatcher(name, operation, value))
      guard consume(",") else { break }
    }
    try expect("}")
    try QueryChecker.check(matchers, offset: start)
    return matchers
  }

  /// The next stage; nil when the pipeline ends here.
  mutating func stageIfPresent(allowsUnwrap: Bool) throws(LogQLError) -> PipelineStage? {
    guard case .symbol(let text) = current.kind else { return nil }
    if let operation = LineOperation(rawValue: text) { return .lineFilter(try lineFilter(operation)) }
    guard consume("|") else { return nil }
    let start = offset
    let stage = try stage(allowsUnwrap: allowsUnwrap)
    try QueryChecker.check(stage, offset: start)
    return stage
  }

  private mutating func lineFilter(_ operation: LineOperation) throws(LogQLError) -> LineFilter {
    let start = offset
    advance()
    var operands = [try lineOperand()]
    while isWord("or") {
      if case .string = following.kind {} else if following.kind != .identifier("ip") { break }
      advance()
      operands.append(try lineOperand())
    }
    let filter = LineFilter(operation, operands)
    try QueryChecker.check(.lineFilter(filter), offset: start)
    return filter
  }

  private mutating func lineOperand() throws(LogQLError) -> LineOperand {
    if isWord("ip"), following.kind == .symbol("(") {
      return .address(try addressPattern())
    }
    return .text(try string())
  }

  /// `ip("…")`.
  private mutating func addressPattern() throws(LogQLError) -> String {
    advance()
    try expect("(")
    let pattern = try string()
    try expect(")")
    return pattern
  }

  private mutating func stage(allowsUnwrap: Bool) throws(LogQLError) -> PipelineStage {
    if case .identifier(let word) = current.kind, !followsComparison {
      switch word {
      case "json":
        advance()
        return .json(try extractions())
      case "logfmt": return try logfmt()
      case "regexp":
        advance()
        return .regexp(try string())
      case "pattern":
        advance()
        return .pattern(try string())
      case "unpack":
        advance()
        return .unpack
      case "line_format":
        advance()
        return .lineFormat(try string())
      case "label_format":
        advance()
        return .labelFormat(try assignments())
      case "decolorize":
        advance()
        return .decolorize
      case "drop":
        advance()
        return .drop(try selections())
      case "keep":
        advance()
        return .keep(try selections())
      case "unwrap" where allowsUnwrap: return .unwrap(try unwrap())
      default: break
      }
    }
    return .labelFilter(try labelFilter())
  }

  /// Whether the word at hand is compared with something, so that it is a label whatever its name.
  private var followsComparison: Bool {
    guard case .symbol(let text) = following.kind else { return false }
    return text == "=" || NumberComparison(rawValue: text) != nil || MatchOperation(rawValue: text) != nil
  }

  private mutating func logfmt() throws(LogQLError) -> PipelineStage {
    advance()
    var isStrict = false
    var keepsEmpty = false
    while isSymbol("-"), following.kind == .symbol("-") {
      advance()
      advance()
      let start = offset
      var flag = try identifier()
      // A dash within a flag stands between its words without a space.
      while isSymbol("-"), current.range.lowerBound == start + flag.utf8.count {
        advance()
        flag += "-" + (try identifier())
      }
      switch flag {
      case "strict": isStrict = true
      case "keep-empty": keepsEmpty = true
      default: throw .syntax(message: "syntax error: unexpected logfmt flag --\(flag)", offset: start)
      }
    }
    return .logfmt(isStrict: isStrict, keepsEmpty: keepsEmpty, try extractions())
  }

  /// `a, b="c"`; none when no label follows.
  private mutating func extractions() throws(LogQLError) -> [LabelExtraction] {
    var extractions: [LabelExtraction] = []
    guard case .identifier = current.kind else { return [] }
    repeat {
      let label = try identifier()
      let expression = consume("=") ? try string() : label
      extractions.append(LabelExtraction(label: label, expression: expression))
    } while consume(",")
    return extractions
  }

  private mutating func assignments() throws(LogQLError) -> [LabelAssignment] {
    var assignments: [LabelAssignment] = []
    repeat {
      let target = try identifier()
      try expect("=")
      if case .string(let template) = current.kind {
        advance()
        assignments.append(.template(to: target, template))
      } else {
        assignments.append(.rename(to: target, from: try identifier()))
      }
    } while consume(",")
    return assignments
  }

  private mutating func selections() throws(LogQLError) -> [LabelSelection] {
    var selections: [LabelSelection] = []
    repeat {
      let name = try identifier()
      if case .symbol(let text) = current.kind, let operation = MatchOperation(rawValue: text) {
        advance()
        let start = offset
        let value = try string()
        if operation == .matches || operation == .doesNotMatch {
          try QueryChecker.checkExpression(value, offset: start)
        }
        selections.append(.matcher(StreamMatcher(name, operation, value)))
      } else {
        selections.append(.name(name))
      }
    } while consume(",")
    return selections
  }

  private mutating func unwrap() throws(LogQLError) -> Unwrap {
    advance()
    if following.kind == .symbol("("), case .identifier(let word) = current.kind {
      guard let conversion = Unwrap.Conversion(rawValue: word) else { throw unexpected() }
      advance()
      try expect("(")
      let label = try identifier()
      try expect(")")
      return Unwrap(label, conversion)
    }
    return Unwrap(try identifier())
  }
}

/// Prints queries in one canonical form; what is printed reads back as the same query.
package enum LogQLPrinter {
  package static func text(_ expression: LogQLExpression) -> String {
    switch expression {
    case .lines(let selection): text(selection)
    case .samples(let samples): text(samples)
    }
  }

  package static func text(_ selection: LogSelection) -> String {
    let matchers = selection.matchers.map(text).joined(separator: ", ")
    return "{" + matchers + "}" + selection.stages.map { " " + text($0) }.joined()
  }

  package static func text(_ matcher: StreamMatcher) -> String {
    label(matcher.name) + matcher.operation.rawValue + QuotedText.quoted(matcher.value)
  }

  /// A label as it stands in a query: names that are no words stand in quotes.
  static func label(_ name: String) -> String {
    let isWord = name.utf8.enumerated().allSatisfy { offset, byte in
      byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (offset > 0 && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte))
    }
    return isWord && !name.isEmpty ? name : QuotedText.quoted(name)
  }

  package static func text(_ stage: PipelineStage) -> String {
    switch stage {
    case .lineFilter(let filter):
      filter.operation.rawValue + " " + filter.operands.map(text).joined(separator: " or ")
    case .json(let extractions): "| json" + text(extractions)
    case .logfmt(let isStrict, let keepsEmpty, let extractions):
      "| logfmt" + (isStrict ? " --strict" : "") + (keepsEmpty ? " --keep-empty" : "") + text(extractions)
    case .regexp(let pattern): "| regexp " + QuotedText.quoted(pattern)
    case .pattern(let pattern): "| pattern " + QuotedText.quoted(pattern)
    case .unpack: "| unpack"
    case .labelFilter(let filter): "| " + text(filter)
    case .lineFormat(let template): "| line_format " + QuotedText.quoted(template)
    case .labelFormat(let assignments): "| label_format " + assignments.map(text).joined(separator: ", ")
    case .decolorize: "| decolorize"
    case .drop(let selections): "| drop " + selections.map(text).joined(separator: ", ")
    case .keep(let selections): "| keep " + selections.map(text).joined(separator: ", ")
    case .unwrap(let unwrap):
      "| unwrap " + (unwrap.conversion == .number ? unwrap.label : "\(unwrap.conversion.rawValue)(\(unwrap.label))")
    }
  }

  private static func text(_ operand: LineOperand) -> String {
    switch operand {
    case .text(let text): QuotedText.quoted(text)
    case .address(let pattern): "ip(" + QuotedText.quoted(pattern) + ")"
    }
  }

  private static func text(_ extractions: [LabelExtraction]) -> String {
    guard !extractions.isEmpty else { return "" }
    return " " + extractions.map { "\($0.label)=\(QuotedText.quoted($0.expression))" }.joined(separator: ", ")
  }

  private static func text(_ assignment: LabelAssignment) -> String {
    switch assignment {
    case .rename(let target, let source): "\(target)=\(source)"
    case .template(let target, let template): "\(target)=\(QuotedText.quoted(template))"
    }
  }

  private static func text(_ selection: LabelSelection) -> String {
    switch selection {
    case .name(let name): name
    case .matcher(let matcher): text(matcher)
    }
  }

  private static func text(_ filter: LabelFilter) -> String {
    switch filter {
    case .text(let matcher): text(matcher)
    case .number(let name, let comparison, let value):
      label(name) + " " + comparison.rawValue + " " + GoNumber.plainText(value)
    case .duration(let name, let comparison, let value):
      label(name) + " " + comparison.rawValue + " " + GoDuration.queryText(value)
    case .bytes(let name, let comparison, let value):
      label(name) + " " + comparison.rawValue + " " + ByteSize.queryText(value)
    case .address(let name, let isEqual, let pattern):
      label(name) + (isEqual ? "=" : "!=") + "ip(" + QuotedText.quoted(pattern) + ")"
    case .and(let left, let right): "(" + text(left) + " and " + text(right) + ")"
    case .or(let left, let right): "(" + text(left) + " or " + text(right) + ")"
    }
  }
}

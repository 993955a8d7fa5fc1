import PromQL

extension JSONWriter {
  /// The tree of an expression, as `parse_query` tells it.
  mutating func syntax(_ expression: Expression) {
    beginObject()
    switch expression {
    case .number(let literal):
      member("type", string: "numberLiteral")
      member("val", string: GoText.plain(literal.value))
    case .string(let literal):
      member("type", string: "stringLiteral")
      member("val", string: literal.text)
    case .vectorSelector(let selector):
      member("type", string: "vectorSelector")
      self.selector(selector)
    case .matrixSelector(let matrix):
      member("type", string: "matrixSelector")
      member("range", integer: matrix.duration.milliseconds)
      selector(matrix.selector)
    case .subquery(let subquery):
      member("type", string: "subquery")
      key("expr")
      syntax(subquery.expression)
      member("range", integer: subquery.duration.milliseconds)
      member("step", integer: subquery.step?.milliseconds ?? 0)
      moment(subquery.offset, subquery.pinnedTime)
    case .parentheses(let parentheses):
      member("type", string: "parenExpr")
      key("expr")
      syntax(parentheses.expression)
    case .unary(let unary):
      member("type", string: "unaryExpr")
      member("op", string: unary.isNegative ? "-" : "+")
      key("expr")
      syntax(unary.expression)
    case .binary(let binary): self.binary(binary)
    case .call(let call): self.call(call)
    case .aggregate(let aggregate):
      member("type", string: "aggregation")
      member("op", string: aggregate.operation.rawValue)
      key("expr")
      syntax(aggregate.expression)
      key("param")
      if let parameter = aggregate.parameter { syntax(parameter) } else { null() }
      key("grouping")
      texts(aggregate.grouping)
      member("without", bool: aggregate.isWithout)
    case .stepInvariant(let inner):
      member("type", string: "stepInvariantExpr")
      key("expr")
      syntax(inner)
    }
    endObject()
  }

  private mutating func texts(_ texts: [String]) {
    beginArray()
    for text in texts { string(text) }
    endArray()
  }

  private mutating func selector(_ selector: VectorSelector) {
    member("name", string: selector.name)
    key("matchers")
    beginArray()
    for matcher in selector.matchers {
      beginObject()
      member("name", string: matcher.name)
      let (type, value) =
        switch matcher.condition {
        case .equal(let value): ("=", value)
        case .notEqual(let value): ("!=", value)
        case .matches(_, let pattern): ("=~", pattern)
        case .notMatches(_, let pattern): ("!~", pattern)
        }
      member("type", string: type)
      member("value", string: value)
      endObject()
    }
    endArray()
    member("anchored", bool: selector.rangeExtension == .anchored)
    member("smoothed", bool: selector.rangeExtension == .smoothed)
    moment(selector.offset, selector.pinnedTime)
  }

  private mutating func moment(_ offset: DurationArgument, _ pinned: PinnedTime?) {
    member("offset", integer: offset.milliseconds)
    key("timestamp")
    if case .at(let time)? = pinned { integer(time) } else { null() }
    key("startOrEnd")
    switch pinned {
    case .start: string("start")
    case .end: string("end")
    case .at, nil: null()
    }
  }

  private mutating func binary(_ binary: BinaryExpression) {
    member("type", string: "binaryExpr")
    member("op", string: binary.operation.rawValue)
    key("lhs")
    syntax(binary.left)
    key("rhs")
    syntax(binary.right)
    member("bool", bool: binary.returnsBool)
    key("matching")
    guard let matching = binary.matching else { return null() }
    beginObject()
    member("card", string: matching.cardinality.rawValue)
    key("labels")
    texts(matching.labels)
    member("on", bool: matching.isOn)
    key("include")
    texts(matching.include)
    endObject()
  }

  private mutating func call(_ call: Call) {
    member("type", string: "call")
    key("func")
    beginObject()
    member("name", string: call.function.name)
    key("argTypes")
    texts(call.function.argumentTypes.map(\.rawValue))
    member("variadic", integer: call.function.variadic)
    member("returnType", string: call.function.returnType.rawValue)
    endObject()
    key("args")
    beginArray()
    for argument in call.arguments { syntax(argument) }
    endArray()
  }
}

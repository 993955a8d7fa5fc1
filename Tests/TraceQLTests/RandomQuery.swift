/// Queries made at random from the whole language, as text.
struct RandomQuery {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private mutating func pick(_ texts: [String]) -> String { generator.pick(texts) }

  // MARK: Fields

  mutating func condition(_ depth: Int = 2) -> String {
    if depth > 0, generator.chance(0.45) {
      switch Int.random(in: 0..<4, using: &generator) {
      case 0, 1: return "\(condition(depth - 1)) \(pick(["&&", "||"])) \(condition(depth - 1))"
      case 2: return "!(\(condition(depth - 1)))"
      default: return "(\(condition(depth - 1)))"
      }
    }
    return leaf()
  }

  private mutating func leaf() -> String {
    let ordered = pick(["=", "!=", "<", "<=", ">", ">="])
    let equality = pick(["=", "!="])
    switch Int.random(in: 0..<24, using: &generator) {
    case 0, 1: return "\(attribute()) \(ordered) \(pick(["0", "1", "2", "1.5", "2.5"]))"
    case 2: return "\(pick(["1", "2"])) \(ordered) \(attribute())"
    case 3, 4: return "\(attribute()) \(ordered) \"\(pick(["x", "y", "eu", "us"]))\""
    case 5: return "\(attribute()) \(pick(["=~", "!~"])) \"\(pick(["x.*", ".*", "eu|us", "[xy]"]))\""
    case 6: return "\(attribute()) \(equality) true"
    case 7: return "\(attribute()) \(equality) nil"
    case 8: return pick([".flag", "!.flag", "span.flag", "!!.flag", ".a", "true", "!false", "!.a"])
    case 9, 10: return "duration \(ordered) \(pick(["20ms", "100ms", "0s", "50000000", "1.5e8"]))"
    case 11: return "name \(ordered) \"\(pick(["op1", "read", ""]))\""
    case 12: return "\(pick(["name", "statusMessage"])) \(pick(["=~", "!~"])) \"\(pick(["op.", "b.*", ".*"]))\""
    case 13: return "status \(equality) \(pick(["error", "ok", "unset"]))"
    case 14: return "kind \(equality) \(pick(["server", "client", "unspecified"]))"
    case 15: return "childCount \(ordered) \(pick(["0", "1", "2"]))"
    case 16: return "rootName \(equality) \"\(pick(["op1", "op2"]))\""
    case 17: return "trace:rootService \(equality) \"\(pick(["front", "pay"]))\""
    case 18: return "traceDuration \(ordered) \(pick(["100ms", "150ms"]))"
    case 19: return pick(["nestedSetParent < 0", "nestedSetLeft > 0", "span:parentID = \"\"", "span:parentID != \"\""])
    case 20: return "event:name \(pick(["=", "!=", "=~", "!~"])) \"\(pick(["boom", "note"]))\""
    case 21:
      return pick([".a + 1 > 2", ".b * 2 = 2", "-.b < 0", ".a = .b", ".b - .a >= 1", ".b ^ 2 > 3", ".b % 2 = 1"])
    case 22: return pick(["duration * 2 > 150ms", "1 + 1 = 2", "(.a = 1) = true", ".flag != .a", ".b / 2 >= 0.5"])
    default: return "resource.service.name \(equality) \"\(pick(["front", "cart"]))\""
    }
  }

  private mutating func attribute() -> String {
    pick([".a", "span.a", ".b", "span.b", ".region", "resource.region", "span.region", ".none", "span.flag"])
  }

  // MARK: Spansets

  mutating func filter() -> String { generator.chance(0.1) ? "{ }" : "{ \(condition()) }" }

  private mutating func spansets(_ depth: Int) -> String {
    if depth == 0 || generator.chance(0.35) { return filter() }
    let operators = [
      "&&", "||", ">", ">>", "<", "<<", "~", "!>", "!>>", "!<", "!<<", "!~", "&>", "&>>", "&<", "&<<", "&~",
    ]
    let left = generator.chance(0.3) ? "(\(filter()) | \(scalarFilter()))" : "(\(spansets(depth - 1)))"
    return "\(left) \(pick(operators)) (\(spansets(depth - 1)))"
  }

  private mutating func scalarFilter() -> String {
    let ordered = pick(["=", "!=", "<", "<=", ">", ">="])
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: return "count() \(ordered) \(pick(["1", "2", "3"]))"
    case 1: return "\(pick(["avg", "min", "max", "sum"]))(duration) \(ordered) \(pick(["50ms", "100ms", "2 * 60ms"]))"
    case 2: return "\(pick(["avg", "min", "max", "sum"]))(.b) \(ordered) \(pick(["1", "2.5", "1 + 1"]))"
    case 3: return "\(pick(["avg", "min", "max", "sum"]))(.a) \(ordered) \(pick(["1", "2"]))"
    default: return "max(.b + 1) \(ordered) 2"
    }
  }

  /// A query that finds traces.
  mutating func search() -> String {
    var stages = [generator.chance(0.1) ? scalarFilter() : spansets(2)]
    while generator.chance(0.4) {
      switch Int.random(in: 0..<6, using: &generator) {
      case 0, 1: stages.append(scalarFilter())
      case 2: stages.append("by(\(pick(["name", ".a", "resource.service.name", ".b + 1", "status"])))")
      case 3: stages.append("coalesce()")
      case 4: stages.append("select(\(pick([".a", ".b, status", "resource.region"])))")
      default: stages.append(filter())
      }
    }
    return stages.joined(separator: " | ")
  }

  // MARK: Metrics

  private mutating func by() -> String {
    generator.chance(0.5)
      ? "" : " by (\(pick(["name", ".a", "resource.service.name", "span.b, status", "kind", "rootName", ".region"])))"
  }

  /// A pipeline with a metrics function.
  mutating func metrics() -> String {
    let pipeline = generator.chance(0.7) ? filter() : search()
    let function =
      switch Int.random(in: 0..<7, using: &generator) {
      case 0: "rate()"
      case 1: "count_over_time()"
      case 2: "\(pick(["min", "max", "sum", "avg"]))_over_time(duration)"
      case 3: "\(pick(["min", "max", "sum", "avg"]))_over_time(.b)"
      case 4: "\(pick(["min", "max", "sum", "avg"]))_over_time(span.a)"
      case 5: "quantile_over_time(duration, 0.5, .9)"
      default: "histogram_over_time(duration)"
      }
    return "\(pipeline) | \(function)\(by())"
  }

  /// A metrics query with everything that may stand around a function.
  mutating func metricsExpression() -> String {
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: return "\(metrics()) | \(pick(["topk", "bottomk"]))(\(pick(["1", "3"])))"
    case 1: return "\(metrics()) \(pick([">", "<=", "!="])) \(pick(["1", "0.5", "100ms", "2 * 3"]))"
    case 2: return "(\(metrics())) \(pick(["+", "-", "*", "/"])) (\(metrics()))"
    case 3: return "\(pick(["100", "-1.5", "2 + 3"])) \(pick(["*", "/", "-"])) (\(metrics())) with (exemplars=true)"
    case 4: return "\(filter()) | compare(\(filter())\(pick(["", ", 5"])))"
    default: return metrics()
    }
  }
}

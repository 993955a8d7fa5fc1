/// Reads templates.
struct TemplateParser {
  /// Deepest nesting of blocks and brackets.
  static let depthLimit = 50

  private let pieces: [TemplateLexer.Piece]
  private var index = 0
  private var depth = 0
  /// Variables that are known where the parser is, innermost last.
  private var variables: [String] = [""]
  private var loopDepth = 0

  /// What ended a list of nodes.
  private enum Ending { case all, end, otherwise([(token: TemplateToken, isAfterSpace: Bool)]) }

  static func parse(_ template: String) throws(StageError) -> [TemplateNode] {
    var parser = TemplateParser(pieces: try TemplateLexer.pieces(template))
    let (nodes, ending) = try parser.nodes()
    guard case .all = ending else { throw StageError("unexpected {{end}}") }
    return nodes
  }

  private init(pieces: [TemplateLexer.Piece]) { self.pieces = pieces }

  private mutating func nodes() throws(StageError) -> ([TemplateNode], Ending) {
    depth += 1
    defer { depth -= 1 }
    guard depth <= TemplateParser.depthLimit else { throw StageError("the template is nested too deeply") }
    var nodes: [TemplateNode] = []
    while index < pieces.count {
      let piece = pieces[index]
      index += 1
      switch piece {
      case .text(let text): nodes.append(.text(text))
      case .action(let tokens):
        guard let first = tokens.first else { throw StageError("missing value for command") }
        guard case .word(let word) = first.token else {
          nodes.append(.action(try pipeline(tokens)))
          continue
        }
        let rest = Array(tokens.dropFirst())
        switch word {
        case "end": return (nodes, .end)
        case "else": return (nodes, .otherwise(rest))
        case "if": nodes.append(try block(rest) { .conditional($0, then: $1, otherwise: $2) })
        case "with": nodes.append(try block(rest) { .with($0, then: $1, otherwise: $2) })
        case "range":
          loopDepth += 1
          defer { loopDepth -= 1 }
          nodes.append(try block(rest) { .range($0, body: $1, otherwise: $2) })
        case "break", "continue":
          guard loopDepth > 0 else { throw StageError("{{\(word)}} outside {{range}}") }
          nodes.append(word == "break" ? .breakLoop : .continueLoop)
        case "define", "template", "block": throw StageError("{{\(word)}} is not supported")
        default: nodes.append(.action(try pipeline(tokens)))
        }
      }
    }
    return (nodes, .all)
  }

  private mutating func block(
    _ tokens: [(token: TemplateToken, isAfterSpace: Bool)],
    _ make: (TemplatePipeline, [TemplateNode], [TemplateNode]) -> TemplateNode
  ) throws(StageError) -> TemplateNode {
    let known = variables.count
    defer { variables.removeLast(variables.count - known) }
    let condition = try pipeline(tokens)
    let (then, ending) = try nodes()
    switch ending {
    case .all: throw StageError("unexpected EOF")
    case .end: return make(condition, then, [])
    case .otherwise(let rest):
      guard let first = rest.first else {
        let (otherwise, last) = try nodes()
        guard case .end = last else { throw StageError("expected end; found {{else}}") }
        return make(condition, then, otherwise)
      }
      guard case .word(let word) = first.token, word == "if" || word == "with" else {
        throw StageError("unexpected word in {{else}}")
      }
      depth += 1
      defer { depth -= 1 }
      guard depth <= TemplateParser.depthLimit else { throw StageError("the template is nested too deeply") }
      let chained = try block(Array(rest.dropFirst())) {
        word == "if" ? .conditional($0, then: $1, otherwise: $2) : .with($0, then: $1, otherwise: $2)
      }
      return make(condition, then, [chained])
    }
  }

  // MARK: Pipelines

  private mutating func pipeline(
    _ tokens: [(token: TemplateToken, isAfterSpace: Bool)]
  ) throws(StageError) -> TemplatePipeline {
    var position = 0
    let result = try pipeline(tokens, &position)
    guard position == tokens.count else { throw StageError("unexpected \")\"") }
    return result
  }

  private mutating func pipeline(
    _ tokens: [(token: TemplateToken, isAfterSpace: Bool)], _ position: inout Int
  ) throws(StageError) -> TemplatePipeline {
    depth += 1
    defer { depth -= 1 }
    guard depth <= TemplateParser.depthLimit else { throw StageError("the template is nested too deeply") }
    var pipeline = TemplatePipeline()
    try declarations(tokens, &position, &pipeline)
    while true {
      var command: [TemplateOperand] = []
      while position < tokens.count, tokens[position].token != .symbol("|"), tokens[position].token != .symbol(")") {
        command.append(try operand(tokens, &position))
      }
      guard !command.isEmpty else { throw StageError("missing value for command") }
      if !pipeline.commands.isEmpty {
        guard case .function? = command.first else {
          throw StageError("non executable command in pipeline stage \(pipeline.commands.count + 1)")
        }
      }
      pipeline.commands.append(command)
      guard position < tokens.count, tokens[position].token == .symbol("|") else { break }
      position += 1
    }
    return pipeline
  }

  /// `$a, $b :=` or `$a =` at the front.
  private mutating func declarations(
    _ tokens: [(token: TemplateToken, isAfterSpace: Bool)], _ position: inout Int, _ pipeline: inout TemplatePipeline
  ) throws(StageError) {
    var names: [String] = []
    var next = position
    while next < tokens.count, case .variable(let name) = tokens[next].token {
      names.append(name)
      next += 1
      guard next < tokens.count, case .symbol(let symbol) = tokens[next].token else { return }
      switch symbol {
      case ":=", "=":
        pipeline.isDeclaration = symbol == ":="
        pipeline.variables = names
        position = next + 1
        for name in names where !pipeline.isDeclaration && !variables.contains(name) {
          throw StageError("undefined variable \"$\(name)\"")
        }
        if pipeline.isDeclaration { variables += names }
        return
      case ",": next += 1
      default: return
      }
    }
  }

  private mutating func operand(
    _ tokens: [(token: TemplateToken, isAfterSpace: Bool)], _ position: inout Int
  ) throws(StageError) -> TemplateOperand {
    let token = tokens[position].token
    position += 1
    switch token {
    case .dot: return .dot
    case .field(let name): return .field([name] + path(tokens, &position))
    case .variable(let name):
      guard variables.contains(name) else { throw StageError("undefined variable \"$\(name)\"") }
      return .variable(name, path(tokens, &position))
    case .string(let text): return .constant(.string(text))
    case .int(let number): return .constant(.int(number))
    case .float(let number): return .constant(.float(number))
    case .word("true"): return .constant(.bool(true))
    case .word("false"): return .constant(.bool(false))
    case .word("nil"): return .constant(.null)
    case .word(let name):
      guard TemplateFunctions.names.contains(name) else { throw StageError("function \"\(name)\" not defined") }
      return .function(name)
    case .symbol("("):
      let inner = try pipeline(tokens, &position)
      guard position < tokens.count, tokens[position].token == .symbol(")") else {
        throw StageError("unclosed left paren")
      }
      position += 1
      return .pipeline(inner, path(tokens, &position))
    case .symbol(let symbol): throw StageError("unexpected \"\(symbol)\" in operand")
    }
  }

  /// Fields that follow without a space: `.a.b`.
  private func path(_ tokens: [(token: TemplateToken, isAfterSpace: Bool)], _ position: inout Int) -> [String] {
    var path: [String] = []
    while position < tokens.count, !tokens[position].isAfterSpace, case .field(let name) = tokens[position].token {
      path.append(name)
      position += 1
    }
    return path
  }
}

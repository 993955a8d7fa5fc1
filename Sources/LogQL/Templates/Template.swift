/// A Go text template over the labels of a line.
struct Template: Sendable {
  private let nodes: [TemplateNode]
  /// The labels it reads; nil when it may read any.
  let fieldNames: Set<String>?

  init(_ text: String) throws(StageError) {
    nodes = try TemplateParser.parse(text)
    fieldNames = TemplateNode.fieldNames(nodes)
  }

  /// A template of the query, with errors as Loki reports them.
  static func compile(_ text: String) throws(StageError) -> Template {
    do throws(StageError) {
      return try Template(text)
    } catch {
      throw StageError("invalid template: template: line:1: \(error.message)")
    }
  }

  func text(for row: PipelineRow) throws(TemplateError) -> String {
    var run = TemplateRun(row: row)
    return try run.run(nodes)
  }
}

/// One execution of a template.
struct TemplateRun {
  /// Bytes of text that one line may become.
  static let outputLimit = 4 << 20
  /// Nodes that one execution may visit.
  static let stepLimit = 100_000

  /// How a list of nodes ended.
  private enum Outcome { case done, breakLoop, continueLoop }

  private let row: PipelineRow
  private var output = ""
  private var variables: [(name: String, value: TemplateValue)]
  private var steps = 0

  init(row: PipelineRow) {
    self.row = row
    variables = [("", .labels(row.labels))]
  }

  mutating func run(_ nodes: [TemplateNode]) throws(TemplateError) -> String {
    _ = try execute(nodes, dot: .labels(row.labels))
    return output
  }

  private mutating func execute(_ nodes: [TemplateNode], dot: TemplateValue) throws(TemplateError) -> Outcome {
    for node in nodes {
      steps += 1
      guard steps <= TemplateRun.stepLimit else { throw TemplateError("the template runs too long") }
      switch node {
      case .text(let text): try write(text)
      case .action(let pipeline):
        let value = try evaluate(pipeline, dot: dot)
        if pipeline.variables.isEmpty { try write(value.text) }
      case .breakLoop: return .breakLoop
      case .continueLoop: return .continueLoop
      case .conditional(let pipeline, let then, let otherwise), .with(let pipeline, let then, let otherwise):
        let known = variables.count
        defer { variables.removeLast(variables.count - known) }
        let value = try evaluate(pipeline, dot: dot)
        var inner = dot
        if case .with = node, value.isTrue { inner = value }
        let outcome = try execute(value.isTrue ? then : otherwise, dot: inner)
        if outcome != .done { return outcome }
      case .range(let pipeline, let body, let otherwise):
        let outcome = try loop(pipeline, body, otherwise, dot: dot)
        if outcome != .done { return outcome }
      }
    }
    return .done
  }

  private mutating func write(_ text: String) throws(TemplateError) {
    output += text
    guard output.utf8.count <= TemplateRun.outputLimit else { throw TemplateError("the text is too long") }
  }

  private mutating func loop(
    _ pipeline: TemplatePipeline, _ body: [TemplateNode], _ otherwise: [TemplateNode], dot: TemplateValue
  ) throws(TemplateError) -> Outcome {
    let known = variables.count
    defer { variables.removeLast(variables.count - known) }
    var bare = pipeline
    bare.variables = []
    let elements = try TemplateRun.elements(try evaluate(bare, dot: dot))
    if elements.isEmpty { return try execute(otherwise, dot: dot) }
    for (key, value) in elements {
      variables.removeLast(variables.count - known)
      switch pipeline.variables.count {
      case 0: break
      case 1: assign(pipeline.variables[0], value, isDeclaration: pipeline.isDeclaration)
      default:
        assign(pipeline.variables[0], key, isDeclaration: pipeline.isDeclaration)
        assign(pipeline.variables[1], value, isDeclaration: pipeline.isDeclaration)
      }
      steps += 1
      guard steps <= TemplateRun.stepLimit else { throw TemplateError("the template runs too long") }
      if try execute(body, dot: value) == .breakLoop { break }
    }
    return .done
  }

  private static func elements(_ value: TemplateValue) throws(TemplateError) -> [(TemplateValue, TemplateValue)] {
    switch value {
    case .null: return []
    case .list(let values): return values.enumerated().map { (.int(Int64($0.offset)), $0.element) }
    case .map(let entries): return entries.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) }
    case .labels(let labels):
      return labels.entries.sorted { $0.name < $1.name }.map { (.string($0.name), .string($0.value)) }
    case .int(let count):
      guard count <= Int64(stepLimit) else { throw TemplateError("range over \(count) is too long") }
      return count <= 0 ? [] : (0..<count).map { (.int($0), .int($0)) }
    default: throw TemplateError("range can't iterate over \(value.text)")
    }
  }

  // MARK: Pipelines

  private mutating func assign(_ name: String, _ value: TemplateValue, isDeclaration: Bool) {
    if !isDeclaration, let index = variables.lastIndex(where: { $0.name == name }) {
      variables[index].value = value
    } else {
      variables.append((name, value))
    }
  }

  private mutating func evaluate(_ pipeline: TemplatePipeline, dot: TemplateValue) throws(TemplateError)
    -> TemplateValue
  {
    var result: TemplateValue?
    for command in pipeline.commands { result = try evaluate(command, last: result, dot: dot) }
    let value = result ?? .null
    for name in pipeline.variables { assign(name, value, isDeclaration: pipeline.isDeclaration) }
    return value
  }

  private mutating func evaluate(
    _ command: [TemplateOperand], last: TemplateValue?, dot: TemplateValue
  ) throws(TemplateError) -> TemplateValue {
    guard let first = command.first else { return .null }
    if case .function(let name) = first {
      var arguments: [TemplateValue] = []
      for operand in command.dropFirst() {
        let value = try value(of: operand, dot: dot)
        arguments.append(value)
        // `and` and `or` stop at the first argument that decides.
        if name == "and", !value.isTrue { return value }
        if name == "or", value.isTrue { return value }
      }
      if let last { arguments.append(last) }
      return try TemplateFunctions.call(name, arguments, row: row)
    }
    guard command.count == 1 else { throw TemplateError("can't give argument to non-function") }
    return try value(of: first, dot: dot)
  }

  private mutating func value(of operand: TemplateOperand, dot: TemplateValue) throws(TemplateError) -> TemplateValue {
    switch operand {
    case .dot: return dot
    case .field(let path): return try TemplateRun.field(dot, path)
    case .variable(let name, let path):
      return try TemplateRun.field(variables.last { $0.name == name }?.value ?? .null, path)
    case .constant(let value): return value
    case .function(let name): return try TemplateFunctions.call(name, [], row: row)
    case .pipeline(let pipeline, let path): return try TemplateRun.field(try evaluate(pipeline, dot: dot), path)
    }
  }

  private static func field(_ value: TemplateValue, _ path: [String]) throws(TemplateError) -> TemplateValue {
    var value = value
    for name in path {
      switch value {
      case .labels(let labels): value = .string(labels[name] ?? "")
      case .map(let entries): value = entries[name] ?? .null
      case .null: throw TemplateError("nil pointer evaluating interface {}.\(name)")
      default: throw TemplateError("can't evaluate field \(name) in type \(value.typeName)")
      }
    }
    return value
  }
}

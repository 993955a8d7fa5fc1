/// A piece of a template.
indirect enum TemplateNode: Sendable {
  case text(String)
  case action(TemplatePipeline)
  case conditional(TemplatePipeline, then: [TemplateNode], otherwise: [TemplateNode])
  case with(TemplatePipeline, then: [TemplateNode], otherwise: [TemplateNode])
  case range(TemplatePipeline, body: [TemplateNode], otherwise: [TemplateNode])
  case breakLoop
  case continueLoop
}

/// Commands joined by `|`, with the variables that take the result.
struct TemplatePipeline: Sendable {
  var variables: [String] = []
  /// `$x := …` makes variables, `$x = …` changes them.
  var isDeclaration = true
  var commands: [[TemplateOperand]] = []
}

/// A word of a command.
indirect enum TemplateOperand: Sendable {
  case dot
  /// `.a.b`.
  case field([String])
  /// `$x.a`; `$` alone is the empty name.
  case variable(String, [String])
  case constant(TemplateValue)
  case function(String)
  /// `(…)` with the fields that follow it.
  case pipeline(TemplatePipeline, [String])
}

extension TemplateNode {
  /// The labels that are named; nil when any label may be read.
  static func fieldNames(_ nodes: [TemplateNode]) -> Set<String>? {
    var names: Set<String> = []
    for node in nodes {
      guard let found = node.fieldNames else { return nil }
      names.formUnion(found)
    }
    return names
  }

  private var fieldNames: Set<String>? {
    switch self {
    case .text, .breakLoop, .continueLoop: []
    case .action(let pipeline): pipeline.fieldNames
    case .conditional(let pipeline, let then, let otherwise), .with(let pipeline, let then, let otherwise),
      .range(let pipeline, let then, let otherwise):
      union(pipeline.fieldNames, TemplateNode.fieldNames(then), TemplateNode.fieldNames(otherwise))
    }
  }

  private func union(_ sets: Set<String>?...) -> Set<String>? {
    sets.reduce([]) { all, next in all.flatMap { all in next.map { all.union($0) } } }
  }
}

extension TemplatePipeline {
  /// The labels that are named; nil when any label may be read.
  var fieldNames: Set<String>? {
    var names: Set<String> = []
    for operand in commands.joined() {
      switch operand {
      case .dot: return nil
      case .field(let path): names.insert(path.first ?? "")
      case .variable(let name, let path):
        if name.isEmpty {
          guard let first = path.first else { return nil }
          names.insert(first)
        }
      case .constant, .function: break
      case .pipeline(let inner, _):
        guard let found = inner.fieldNames else { return nil }
        names.formUnion(found)
      }
    }
    return names
  }
}

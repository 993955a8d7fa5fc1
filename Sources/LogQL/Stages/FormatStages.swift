/// `line_format`: the line becomes what a template makes of the labels.
struct LineFormatStage: Stage {
  private let template: Template

  init(_ text: String) throws(StageError) { template = try Template.compile(text) }

  func process(_ row: inout PipelineRow) -> Bool {
    do throws(TemplateError) {
      row.line = Array(try template.text(for: row).utf8)[...]
    } catch {
      row.labels.fail(.template, error.message)
    }
    return true
  }
}

/// `label_format`: renames labels and sets labels from templates.
struct LabelFormatStage: Stage {
  /// One assignment, ready to run.
  private enum Step: Sendable {
    case rename(to: String, from: String)
    case template(to: String, Template)
  }

  private let steps: [Step]

  init(_ assignments: [LabelAssignment]) throws(StageError) {
    var steps: [Step] = []
    var targets: Set<String> = []
    for assignment in assignments {
      if assignment.target == RowLabels.errorName { throw StageError("__error__ cannot be formatted") }
      guard targets.insert(assignment.target).inserted else {
        throw StageError("multiple label name '\(assignment.target)' not allowed in a single format operation")
      }
      switch assignment {
      case .rename(let target, let source): steps.append(.rename(to: target, from: source))
      case .template(let target, let text): steps.append(.template(to: target, try Template.compile(text)))
      }
    }
    self.steps = steps
  }

  func process(_ row: inout PipelineRow) -> Bool {
    for step in steps {
      switch step {
      case .rename(let target, let source):
        guard target != source, let value = row.labels[source] else { continue }
        row.labels.set(target, value, row.labels.category(of: source) ?? .parsed)
        row.labels.remove(source)
      case .template(let target, let template):
        do throws(TemplateError) {
          row.labels.set(target, try template.text(for: row), .parsed)
        } catch {
          row.labels.fail(.template, error.message)
        }
      }
    }
    return true
  }
}

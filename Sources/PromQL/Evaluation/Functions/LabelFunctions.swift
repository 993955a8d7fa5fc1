internal import TelemetryText

extension Evaluator {
  /// `label_replace(v, destination, replacement, source, pattern)`.
  func labelReplace(_ call: Call, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    var matrix = try self.matrix(call.arguments[0], grid)
    let destination = string(call.arguments[1])
    let replacement = Array(string(call.arguments[2]).text.utf8)
    let source = string(call.arguments[3]).text
    let pattern = string(call.arguments[4]).text
    let expression: RegularExpression
    do throws(RegularExpressionError) {
      expression = try RegularExpression("(?s:\(pattern))", isAnchored: true)
    } catch {
      throw failure("invalid regular expression in label_replace(): \(pattern)")
    }
    guard destination.isWellFormed, !destination.bytes.isEmpty else {
      throw failure("invalid destination label name in label_replace(): \(destination.text)")
    }
    let template = ReplacementTemplate(replacement, expression)
    let name = destination.text
    for row in 0..<matrix.rowCount {
      let value = Array((matrix.labels[row][source] ?? "").utf8)
      guard let groups = expression.firstMatch(in: value.span) else { continue }
      matrix.labels[row] = matrix.labels[row].setting(name, template.expanded(value, groups))
      if name == Labels.metricName { matrix.dropsName[row] = false }
    }
    return try unique(matrix)
  }

  /// `label_join(v, destination, separator, source…)`.
  func labelJoin(_ call: Call, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    var matrix = try self.matrix(call.arguments[0], grid)
    let destination = string(call.arguments[1])
    let separator = string(call.arguments[2]).text
    for argument in call.arguments.dropFirst(3) {
      let source = string(argument)
      guard source.isWellFormed, !source.bytes.isEmpty else {
        throw failure("invalid source label name in label_join(): \(source.text)")
      }
    }
    guard destination.isWellFormed, !destination.bytes.isEmpty else {
      throw failure("invalid destination label name in label_join(): \(destination.text)")
    }
    let names = call.arguments.dropFirst(3).map { string($0).text }
    for row in 0..<matrix.rowCount {
      let value = names.map { matrix.labels[row][$0] ?? "" }.joined(separator: separator)
      matrix.labels[row] = matrix.labels[row].setting(destination.text, value)
      if destination.text == Labels.metricName { matrix.dropsName[row] = false }
    }
    return try unique(matrix)
  }
}

/// A replacement with references to groups: `$1`, `$name`, `${name}`, `$$`.
private struct ReplacementTemplate {
  private enum Part {
    case text([UInt8])
    /// Nil: a group that does not exist, which is empty.
    case group(Int?)
  }

  private var parts: [Part] = []

  init(_ template: [UInt8], _ expression: RegularExpression) {
    let names = expression.groupNames
    var index = 0
    var text: [UInt8] = []
    func isWord(_ byte: UInt8) -> Bool {
      switch Unicode.Scalar(byte) {
      case "a"..."z", "A"..."Z", "0"..."9", "_": true
      default: false
      }
    }
    while index < template.count {
      guard template[index] == UInt8(ascii: "$"), index + 1 < template.count else {
        text.append(template[index])
        index += 1
        continue
      }
      if template[index + 1] == UInt8(ascii: "$") {
        text.append(UInt8(ascii: "$"))
        index += 2
        continue
      }
      let isBraced = template[index + 1] == UInt8(ascii: "{")
      let start = index + (isBraced ? 2 : 1)
      var end = start
      while end < template.count, isWord(template[end]) { end += 1 }
      guard end > start, !isBraced || end < template.count && template[end] == UInt8(ascii: "}") else {
        text.append(template[index])
        index += 1
        continue
      }
      let name = String(decoding: template[start..<end], as: UTF8.self)
      if !text.isEmpty { parts.append(.text(text)) }
      text = []
      if let number = Int(name) {
        parts.append(.group(number <= names.count ? number : nil))
      } else {
        parts.append(.group(names.firstIndex(of: name).map { $0 + 1 }))
      }
      index = isBraced ? end + 1 : end
    }
    if !text.isEmpty { parts.append(.text(text)) }
  }

  func expanded(_ value: [UInt8], _ groups: [Range<Int>?]) -> String {
    var result: [UInt8] = []
    for part in parts {
      switch part {
      case .text(let text): result += text
      case .group(let number):
        if let number, number < groups.count, let range = groups[number] { result += value[range] }
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

/// `json label="path"`: single fields of JSON become labels; a path that leads nowhere gives an empty label.
struct JSONPathStage: Stage {
  private let paths: [(label: String, path: JSONPath)]
  private let demand: LabelDemand

  init(_ extractions: [LabelExtraction], demand: LabelDemand) throws(StageError) {
    var paths: [(String, JSONPath)] = []
    for extraction in extractions { paths.append((extraction.label, try JSONPath(extraction.expression))) }
    self.paths = paths
    self.demand = demand
  }

  func process(_ row: inout PipelineRow) -> Bool {
    if row.line.isEmpty || demand.isEmpty { return true }
    for (name, path) in paths {
      let label = row.labels.parsedName(name)
      guard demand.wants(label) else { continue }
      do throws(JSONFailure) {
        row.labels.set(label, try path.text(in: row.line) ?? "", .parsed)
      } catch {
        row.labels.fail(.json, error.details)
        return true
      }
    }
    return true
  }
}

/// The way to a value inside JSON: `user.id`, `tags[0]`, `["two words"].id`.
struct JSONPath: Sendable {
  /// One step.
  enum Step: Sendable, Equatable {
    case key(String)
    case index(Int)
  }

  let steps: [Step]

  init(_ expression: String) throws(StageError) {
    guard let steps = JSONPath.steps(Array(expression.utf8)), !steps.isEmpty else {
      throw StageError("cannot parse expression [\(expression)]: syntax error: unexpected $end")
    }
    self.steps = steps
  }

  private static func steps(_ bytes: [UInt8]) -> [Step]? {
    var steps: [Step] = []
    var position = 0
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "["):
        guard let close = closing(bytes, position), close > position + 1 else { return nil }
        let inside = bytes[(position + 1)..<close]
        if inside.first == UInt8(ascii: "\"") {
          guard inside.count >= 2, inside.last == UInt8(ascii: "\""),
            let key = QuotedText.unescaped(inside.dropFirst().dropLast())
          else { return nil }
          steps.append(.key(key))
        } else {
          guard let index = Int(String(decoding: inside, as: UTF8.self)), index >= 0 else { return nil }
          steps.append(.index(index))
        }
        position = close + 1
      case UInt8(ascii: "."):
        position += 1
        guard !steps.isEmpty, position < bytes.count, bytes[position] != UInt8(ascii: ".") else { return nil }
      default:
        if position > 0, bytes[position - 1] == UInt8(ascii: "]") { return nil }
        let start = position
        while position < bytes.count, isNamePart(bytes[position]) { position += 1 }
        guard position > start else { return nil }
        steps.append(.key(String(decoding: bytes[start..<position], as: UTF8.self)))
      }
    }
    return steps
  }

  /// Where the bracket at `start` closes; brackets in quotes do not count.
  private static func closing(_ bytes: [UInt8], _ start: Int) -> Int? {
    var isQuoted = false
    var position = start + 1
    while position < bytes.count {
      if isQuoted, bytes[position] == UInt8(ascii: "\\") {
        position += 2
        continue
      }
      if bytes[position] == UInt8(ascii: "\"") { isQuoted.toggle() }
      if bytes[position] == UInt8(ascii: "]"), !isQuoted { return position }
      position += 1
    }
    return nil
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "@"), UInt8(ascii: "$"), 0x80...0xff:
      true
    default: false
    }
  }

  /// The text of the value at the end of the way; objects and arrays as they are written; nil when it leads nowhere.
  func text(in line: ArraySlice<UInt8>) throws(JSONFailure) -> String? {
    var scanner = JSONScanner(line)
    let first = scanner.peek()
    guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { throw .notObject }
    var value = try scanner.value(depth: 0)
    for step in steps {
      switch (step, value) {
      case (.key(let key), .object(let bytes)):
        var inner = JSONScanner(bytes)
        var found: JSONScanner.Value?
        try inner.members { (name, member) throws(JSONFailure) in
          guard JSONScanner.text(name) == key else { return true }
          found = member
          return false
        }
        guard let found else { return nil }
        value = found
      case (.index(let index), .array(let bytes)):
        var inner = JSONScanner(bytes)
        let elements = try inner.elements()
        guard elements.indices.contains(index) else { return nil }
        value = elements[index]
      default: return nil
      }
    }
    switch value {
    case .string(let inside): return JSONScanner.text(inside)
    case .scalar(let bytes), .object(let bytes), .array(let bytes): return String(decoding: bytes, as: UTF8.self)
    case .null: return ""
    }
  }
}

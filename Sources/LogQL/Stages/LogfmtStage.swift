/// `logfmt`: `key=value` pairs become labels; of a key that comes twice the first counts.
struct LogfmtStage: Stage {
  let isStrict: Bool
  let keepsEmpty: Bool
  let demand: LabelDemand

  func process(_ row: inout PipelineRow) -> Bool {
    if demand.isEmpty { return true }
    var scanner = LogfmtScanner(row.line)
    var names: Set<String> = []
    while let item = scanner.next() {
      switch item {
      case .failure(let details):
        guard isStrict else { continue }
        row.labels.fail(.logfmt, details)
        return true
      case .pair(let key, let value):
        if value.isEmpty, !keepsEmpty { continue }
        guard let name = LabelName.parsed(key), names.insert(name).inserted else { continue }
        let label = row.labels.parsedName(name)
        if demand.wants(label) { row.labels.set(label, value, .parsed) }
      }
    }
    return true
  }
}

/// `logfmt label="key"`: single pairs become labels; a key that is missing gives an empty label.
struct LogfmtFieldStage: Stage {
  let extractions: [LabelExtraction]
  let isStrict: Bool
  let demand: LabelDemand

  init(_ extractions: [LabelExtraction], isStrict: Bool, demand: LabelDemand) throws(StageError) {
    for extraction in extractions {
      guard !extraction.expression.isEmpty, !extraction.expression.contains(where: { " =\"[]".contains($0) }) else {
        throw StageError("cannot parse expression [\(extraction.expression)]: syntax error: invalid key")
      }
    }
    self.extractions = extractions
    self.isStrict = isStrict
    self.demand = demand
  }

  func process(_ row: inout PipelineRow) -> Bool {
    if demand.isEmpty || row.line.isEmpty { return true }
    var scanner = LogfmtScanner(row.line)
    var values: [String: String] = [:]
    while let item = scanner.next() {
      switch item {
      case .failure(let details):
        guard isStrict else { continue }
        row.labels.fail(.logfmt, details)
        return true
      case .pair(let key, let value):
        let name = String(decoding: key, as: UTF8.self)
        if values[name] == nil { values[name] = value }
        if let clean = LabelName.parsed(key), values[clean] == nil { values[clean] = value }
      }
    }
    for extraction in extractions {
      let label = row.labels.parsedName(extraction.label)
      if demand.wants(label) { row.labels.set(label, values[extraction.expression] ?? "", .parsed) }
    }
    return true
  }
}

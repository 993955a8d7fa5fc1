/// `json`: every field of a JSON object becomes a label; nested names are joined by `_`, arrays and nulls are left out.
struct JSONStage: Stage {
  let demand: LabelDemand

  func process(_ row: inout PipelineRow) -> Bool {
    if demand.isEmpty { return true }
    do throws(JSONFailure) {
      var scanner = JSONScanner(row.line)
      guard scanner.peek() == UInt8(ascii: "{") else { throw .malformed }
      var found: Set<String> = []
      try flatten(&scanner, prefix: "", depth: 0, &found, &row.labels)
    } catch {
      row.labels.fail(.json, error.details)
    }
    return true
  }

  private func flatten(
    _ scanner: inout JSONScanner, prefix: String, depth: Int, _ found: inout Set<String>, _ labels: inout RowLabels
  ) throws(JSONFailure) {
    guard depth < JSONScanner.depthLimit else { throw .tooDeep }
    try scanner.members { (key, value) throws(JSONFailure) in
      guard let part = prefix.isEmpty ? LabelName.parsed(JSONScanner.text(key).utf8) : JSONStage.part(key) else {
        return true
      }
      let name = prefix.isEmpty ? part : prefix + "_" + part
      let text: String
      switch value {
      case .null, .array: return true
      case .object(let bytes):
        var inner = JSONScanner(bytes)
        try flatten(&inner, prefix: name, depth: depth + 1, &found, &labels)
        return true
      case .string(let inside): text = JSONScanner.text(inside)
      case .scalar(let bytes): text = String(decoding: bytes, as: UTF8.self)
      }
      guard found.insert(name).inserted else { return true }
      let label = labels.parsedName(name)
      if demand.wants(label) { labels.set(label, text, .parsed) }
      return true
    }
  }

  /// A nested name: as `LabelName.parsed`, but a digit may begin it.
  private static func part(_ key: ArraySlice<UInt8>) -> String? {
    guard let name = LabelName.parsed(JSONScanner.text(key).utf8) else { return nil }
    return name.hasPrefix("_") && key.first != UInt8(ascii: "_") && name.dropFirst().first?.isNumber == true
      ? String(name.dropFirst()) : name
  }
}

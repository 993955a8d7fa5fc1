/// `unpack`: the string fields of a JSON object become labels, and `_entry` becomes the line.
struct UnpackStage: Stage {
  let demand: LabelDemand
  private static let entryKey = Array("_entry".utf8)

  func process(_ row: inout PipelineRow) -> Bool {
    if row.line.isEmpty { return true }
    var scanner = JSONScanner(row.line)
    var found: [(String, String)] = []
    var entry: String?
    do throws(JSONFailure) {
      guard scanner.peek() == UInt8(ascii: "{") else { throw .notObject }
      try scanner.members { (key, value) throws(JSONFailure) in
        guard case .string(let inside) = value else { return true }
        if key.elementsEqual(UnpackStage.entryKey) {
          entry = JSONScanner.text(inside)
        } else if let name = LabelName.parsed(JSONScanner.text(key).utf8) {
          found.append((name, JSONScanner.text(inside)))
        }
        return true
      }
    } catch {
      row.labels.fail(.json, error.details)
      return true
    }
    var names: Set<String> = []
    for (name, text) in found where names.insert(name).inserted {
      let label = row.labels.parsedName(name)
      if demand.wants(label) { row.labels.set(label, text, .parsed) }
    }
    if let entry { row.line = Array(entry.utf8)[...] }
    return true
  }
}

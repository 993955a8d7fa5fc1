/// What is stored, by signal, part and column.
struct InventoryTable: Sendable {
  let terminal: Terminal
  let inventory: JSONValue

  /// All lines; `showsParts` lists every part, not only the sums.
  func lines(showsParts: Bool) -> [String] {
    var lines: [String] = []
    for signal in ["logs", "traces", "metrics"] {
      let parts = (inventory["parts"]?.elements ?? []).filter { $0["signal"]?.text == signal }
      lines += section(signal, parts, showsParts: showsParts)
    }
    for part in inventory["damaged"]?.elements ?? [] {
      lines.append(
        terminal.styled(
          "damaged: " + TerminalText.oneLine((part["name"]?.text ?? "?") + ": " + (part["reason"]?.text ?? "")), .red))
    }
    let memory = inventory["memory"]?["bytes"]?.integer ?? 0
    let log = inventory["log"]?["bytes"]?.integer ?? 0
    var summary = "memory \(Quantity.bytes(memory)) · log \(Quantity.bytes(log))"
    if let free = inventory["disk"]?["free_bytes"]?.integer { summary += " · disk free \(Quantity.bytes(free))" }
    return lines + [summary]
  }

  private func section(_ signal: String, _ parts: [JSONValue], showsParts: Bool) -> [String] {
    let rows = parts.reduce(0) { $0 + ($1["rows"]?.integer ?? 0) }
    let bytes = parts.reduce(0) { $0 + ($1["bytes"]?.integer ?? 0) }
    let inMemory = inventory["memory"]?["rows"]?[signal]?.integer ?? 0
    var title = "\(Quantity.things(parts.count, "part")) · \(Quantity.count(rows)) rows · \(Quantity.bytes(bytes))"
    if rows > 0 { title += " · \(InventoryTable.perRow(bytes, rows)) B a row" }
    if inMemory > 0 { title += " · \(Quantity.count(inMemory)) rows in memory" }
    var lines = [terminal.styled(signal, .bold) + "  " + title]
    guard !parts.isEmpty else { return lines + [""] }
    if showsParts {
      lines.append(
        terminal.styled(
          "  part" + String(repeating: " ", count: 28) + "rows       bytes  from                     to", .dim))
      for part in parts {
        lines.append(
          "  " + TerminalText.left(TerminalText.oneLine(part["name"]?.text ?? ""), 22)
            + TerminalText.right(Quantity.count(part["rows"]?.integer ?? 0), 14)
            + TerminalText.right(Quantity.bytes(part["bytes"]?.integer ?? 0), 12) + "  "
            + Quantity.time(part["time_first"]?.integer ?? 0) + "  " + Quantity.time(part["time_last"]?.integer ?? 0))
      }
    }
    return lines + columns(parts, total: max(bytes, 1)) + [""]
  }

  /// The columns of all parts together, largest first.
  private func columns(_ parts: [JSONValue], total: Int64) -> [String] {
    var sums: [String: ColumnSum] = [:]
    for column in parts.flatMap({ $0["columns"]?.elements ?? [] }) {
      let name = column["name"]?.text ?? ""
      let type = column["type"]?.text ?? ""
      var sum = sums[name + "\u{0}" + type] ?? ColumnSum(name: name, type: type)
      sum.rows += column["rows"]?.integer ?? 0
      sum.bytes += column["bytes"]?.integer ?? 0
      sum.encodings.formUnion((column["encodings"]?.elements ?? []).compactMap(\.text))
      sums[name + "\u{0}" + type] = sum
    }
    let sorted = sums.values.sorted { $0.bytes != $1.bytes ? $0.bytes > $1.bytes : $0.name < $1.name }
    let nameWidth = min(max(6, sorted.map { TerminalText.width($0.name) }.max() ?? 0), 40)
    var lines = [
      terminal.styled(
        "  " + TerminalText.left("column", nameWidth) + "  type      " + TerminalText.right("rows", 13)
          + TerminalText.right("bytes", 11) + "  share  encodings", .dim)
    ]
    for sum in sorted {
      lines.append(
        "  " + TerminalText.left(TerminalText.oneLine(sum.name), nameWidth) + "  " + TerminalText.left(sum.type, 10)
          + TerminalText.right(Quantity.count(sum.rows), 13) + TerminalText.right(Quantity.bytes(sum.bytes), 11)
          + TerminalText.right("\(sum.bytes * 100 / total) %", 7) + "  "
          + sum.encodings.sorted().joined(separator: ", "))
    }
    return lines
  }

  private struct ColumnSum {
    let name: String
    let type: String
    var rows: Int64 = 0
    var bytes: Int64 = 0
    var encodings: Set<String> = []
  }

  private static func perRow(_ bytes: Int64, _ rows: Int64) -> String {
    let tenths = bytes * 10 / rows
    return "\(tenths / 10).\(tenths % 10)"
  }
}

/// Draws a trace as a waterfall of at most the terminal's width.
///
/// Shape: one line a span, in the answer's order (parents before children): tree and name, duration, bar. A bar has two steps a column;
/// what lies on the critical path is solid, the rest shaded.
struct Waterfall: Sendable {
  let terminal: Terminal
  let trace: JSONValue

  /// All lines.
  func lines() -> [String] {
    header() + spans()
  }

  private func header() -> [String] {
    let count = trace["total_spans"]?.count ?? 0
    let statuses = column("status")
    let errors = statuses.count { $0.integer == 2 }
    var facts = [
      Quantity.time(trace["start"]?.integer ?? 0) + "Z", Quantity.duration(trace["duration"]?.integer ?? 0),
      Quantity.things(count, "span"), Quantity.things(trace["services"]?.elements.count ?? 0, "service"),
      Quantity.things(trace["logs"]?.count ?? 0, "log"),
    ]
    if errors > 0 { facts.append(terminal.styled(Quantity.things(errors, "error"), .red)) }
    var lines = ["trace " + terminal.styled(trace["trace_id"]?.text ?? "", .bold), facts.joined(separator: " · ")]
    let missing = trace["missing_parents"]?.elements.count ?? 0
    if missing > 0 { lines.append(terminal.styled(Quantity.things(missing, "missing parent span"), .yellow)) }
    let shown = column("id").count
    if shown < count { lines.append(terminal.styled("the first \(shown) of \(count) spans", .yellow)) }
    return lines + [""]
  }

  private func column(_ name: String) -> [JSONValue] { trace["spans"]?[name]?.elements ?? [] }

  private func spans() -> [String] {
    let ids = column("id")
    guard !ids.isEmpty else { return ["(no spans)"] }
    let labels = self.labels()
    let longest = labels.map { TerminalText.width($0.text) }.max() ?? 0
    let labelWidth = min(longest, terminal.width * 45 / 100)
    let barWidth = max(10, terminal.width - labelWidth - 12)
    let total = max(1, trace["duration"]?.integer ?? 1)
    let starts = column("start").map { $0.integer ?? 0 }
    let durations = column("duration").map { $0.integer ?? 0 }
    let critical = column("critical")
    return labels.indices.map { index in
      let start = index < starts.count ? starts[index] : 0
      let duration = index < durations.count ? durations[index] : 0
      let bar = Waterfall.bar(
        start: start, duration: duration, total: total, width: barWidth,
        critical: critical.isEmpty ? nil : Waterfall.ranges(index < critical.count ? critical[index] : .null))
      let label = TerminalText.left(labels[index].text, labelWidth)
      return terminal.styled(label, labels[index].isError ? .red : nil) + " "
        + TerminalText.right(Quantity.duration(duration), 10) + " "
        + terminal.styled(bar, labels[index].isError ? .red : labels[index].style)
    }
  }

  /// Tree lines, service and name of each span.
  private func labels() -> [(text: String, isError: Bool, style: Style)] {
    let depths = column("depth").map { $0.count }
    let services = trace["services"]?.elements.map { $0.text ?? "" } ?? []
    let names = trace["names"]?.elements.map { $0.text ?? "" } ?? []
    let serviceCodes = column("service").map { $0.count }
    let nameCodes = column("name").map { $0.count }
    let parents = column("parent").map { $0.count }
    let statuses = column("status").map { $0.count }
    // Whether a later span hangs on the same level, so that a line goes on downwards: found from the last to the first.
    var hasNextAtDepth: [Bool] = []
    var tree = [String](repeating: "", count: depths.count)
    for index in depths.indices.reversed() {
      let depth = min(max(depths[index], 0), 60)
      if hasNextAtDepth.count > depth + 1 { hasNextAtDepth.removeLast(hasNextAtDepth.count - depth - 1) }
      while hasNextAtDepth.count <= depth { hasNextAtDepth.append(false) }
      if depth > 0 {
        for level in 1..<max(depth, 1) { tree[index] += hasNextAtDepth[level] ? "│ " : "  " }
        tree[index] += hasNextAtDepth[depth] ? "├─" : "└─"
      }
      hasNextAtDepth[depth] = true
    }
    return depths.indices.map { index in
      let service = index < serviceCodes.count ? serviceCodes[index] : 0
      let name = index < nameCodes.count ? nameCodes[index] : 0
      let isError = index < statuses.count && statuses[index] == 2
      let isOrphan = index < parents.count && parents[index] == -2
      let text =
        tree[index] + (isOrphan ? "⋯ " : "") + (isError ? "✗ " : "")
        + TerminalText.oneLine(services.indices.contains(service) ? services[service] : "?") + " "
        + TerminalText.oneLine(names.indices.contains(name) ? names[name] : "?")
      return (text, isError, Style.services[service % Style.services.count])
    }
  }

  /// The times of one span that lie on the critical path.
  private static func ranges(_ critical: JSONValue) -> [(Int64, Int64)] {
    critical.elements.map { ($0.elements.first?.integer ?? 0, $0.elements.last?.integer ?? 0) }
  }

  /// The bar of one span: two steps a column, at least one step long. Without knowledge of the critical path all of it is solid.
  static func bar(start: Int64, duration: Int64, total: Int64, width: Int, critical: [(Int64, Int64)]?) -> String {
    let steps = width * 2
    func step(_ time: Int64) -> Int { Int((Double(time) / Double(total) * Double(steps)).rounded(.down)) }
    let first = min(max(step(start), 0), steps - 1)
    let last = min(max(step(start + duration), first + 1), steps)
    var bar = ""
    for cell in 0..<width {
      let left = cell * 2
      let hasLeft = left >= first && left < last
      let hasRight = left + 1 >= first && left + 1 < last
      let middle = Int64((Double(cell) + 0.5) / Double(width) * Double(total))
      let cellTime = total / Int64(max(width, 1)) + 1
      let isCritical = critical?.contains { middle + cellTime > $0.0 && middle - cellTime < $0.1 } ?? true
      switch (hasLeft, hasRight) {
      case (true, true): bar += isCritical ? "█" : "▒"
      case (true, false): bar += "▌"
      case (false, true): bar += "▐"
      case (false, false): bar += " "
      }
    }
    while bar.last == " " { bar.removeLast() }
    return bar
  }
}

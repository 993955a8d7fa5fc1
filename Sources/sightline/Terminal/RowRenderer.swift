import ArgumentParser

/// How rows are printed.
enum RowFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
  /// Columns for people.
  case table
  /// One JSON object a line.
  case json
  /// The body of a log record, the id of a trace, the ids and the name of a span; nothing else.
  case raw
}

/// What is asked for.
enum RowSignal: String, Sendable, CaseIterable, ExpressibleByArgument {
  case logs
  case traces
  case spans
}

/// Prints rows of the API.
struct RowRenderer: Sendable {
  let terminal: Terminal
  let signal: RowSignal
  let format: RowFormat

  /// One row as a line.
  func line(_ row: JSONValue) -> String {
    switch format {
    case .json: row.json
    case .raw: raw(row)
    case .table:
      switch signal {
      case .logs: logLine(row)
      case .traces: traceLine(row)
      case .spans: spanLine(row)
      }
    }
  }

  private func raw(_ row: JSONValue) -> String {
    switch signal {
    case .logs:
      let body = row["body"]?.shown ?? ""
      return terminal.isTerminal ? TerminalText.oneLine(body) : body
    case .traces: return row["trace_id"]?.text ?? ""
    case .spans:
      return [row["trace_id"], row["span_id"], row["name"]].map { TerminalText.oneLine($0?.text ?? "") }.joined(
        separator: " ")
    }
  }

  private func logLine(_ row: JSONValue) -> String {
    let severity = row["severity"]?.count ?? 0
    let start = time(row["time"]) + "  "
    let name = TerminalText.left(RowRenderer.severityName(severity), 5) + " "
    let service = TerminalText.left(TerminalText.oneLine(row["service"]?.text ?? "-"), 16) + " "
    var body = TerminalText.oneLine(row["body"]?.shown ?? row["event_name"]?.text ?? "")
    var attributes = ""
    for member in row["attributes"]?.members ?? [] {
      attributes += " " + TerminalText.oneLine(member.key) + "=" + TerminalText.oneLine(member.value.shown)
    }
    if terminal.isTerminal {
      let room = max(10, terminal.width - TerminalText.width(start + name + service))
      body = TerminalText.cut(body, to: room)
      attributes = TerminalText.cut(attributes, to: max(0, room - TerminalText.width(body)))
    }
    return terminal.styled(start, .dim) + terminal.styled(name, Style.severity(severity))
      + terminal.styled(service, .cyan) + body + terminal.styled(attributes, .dim)
  }

  private func traceLine(_ row: JSONValue) -> String {
    let errors = row["errors"]?.count ?? 0
    let spans = row["spans"]?.count ?? 0
    let root = TerminalText.oneLine(
      (row["root_service"]?.text ?? "?") + " " + (row["root_name"]?.text ?? "(root missing)"))
    let start = time(row["start"]) + "  "
    let ids = (row["trace_id"]?.text ?? "") + "  "
    let counts =
      TerminalText.right(Quantity.duration(row["duration"]?.integer ?? 0), 9) + "  "
      + TerminalText.right(Quantity.things(spans, "span"), 11) + "  "
    let failed = TerminalText.left(errors > 0 ? Quantity.things(errors, "error") : "", 10) + "  "
    let room =
      terminal.isTerminal ? max(10, terminal.width - TerminalText.width(start + ids + counts + failed)) : Int.max
    return terminal.styled(start, .dim) + ids + counts + terminal.styled(failed, .red)
      + TerminalText.cut(root, to: room)
  }

  private func spanLine(_ row: JSONValue) -> String {
    let isError = row["status"]?.text == "error" || row["status"]?.integer == 2
    let start = time(row["start"]) + "  "
    let ids = (row["trace_id"]?.text ?? "") + " " + (row["span_id"]?.text ?? "") + "  "
    let duration = TerminalText.right(Quantity.duration(row["duration"]?.integer ?? 0), 9) + "  "
    let service = TerminalText.left(TerminalText.oneLine(row["service"]?.text ?? "-"), 16) + " "
    let name = TerminalText.oneLine(row["name"]?.text ?? "")
    let room =
      terminal.isTerminal ? max(10, terminal.width - TerminalText.width(start + ids + duration + service)) : Int.max
    return terminal.styled(start, .dim) + ids + duration + terminal.styled(service, .cyan)
      + terminal.styled(TerminalText.cut(name, to: room), isError ? .red : nil)
  }

  private func time(_ value: JSONValue?) -> String {
    value?.integer.map { Quantity.time($0) } ?? String(repeating: " ", count: 23)
  }

  /// The name of a severity number's range.
  static func severityName(_ number: Int) -> String {
    switch number {
    case 1...4: "TRACE"
    case 5...8: "DEBUG"
    case 9...12: "INFO"
    case 13...16: "WARN"
    case 17...20: "ERROR"
    case 21...24: "FATAL"
    default: "-"
    }
  }
}

/// What the retention would delete now, by signal and rule.
struct RetentionTable: Sendable {
  let terminal: Terminal
  let preview: JSONValue

  /// All lines.
  func lines() -> [String] {
    let shares = preview["would_delete"]?.elements ?? []
    if shares.isEmpty { return ["The retention would delete nothing now."] }
    return [terminal.styled("The retention would delete now:", .bold)]
      + shares.map { share in
        "  " + TerminalText.left(share["signal"]?.text ?? "", 9)
          + Quantity.things(Int(clamping: share["parts"]?.integer ?? 0), "part")
          + " · \(Quantity.count(share["rows"]?.integer ?? 0)) rows · \(Quantity.bytes(share["bytes"]?.integer ?? 0))"
          + " · \(Quantity.time(share["time_first"]?.integer ?? 0)) to \(Quantity.time(share["time_last"]?.integer ?? 0))"
          + ", by \(share["rule"]?.text ?? "")"
      }
  }
}

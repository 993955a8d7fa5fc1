import TelemetryText

/// `decolorize`: takes the escape sequences of terminals out of the line.
struct DecolorizeStage: Stage {
  private let expression: RegularExpression

  init() throws(StageError) {
    expression = try StageError.compile(
      "(?:\\x1b|\\x{9b})[\\[\\]()#;?]*(?:(?:(?:[a-zA-Z0-9]*(?:;[a-zA-Z0-9]*)*)?\\x07)"
        + "|(?:(?:[0-9]{1,4}(?:;[0-9]{0,4})*)?[0-9A-PRZcf-ntqry=><~]))",
      isAnchored: false)
  }

  func process(_ row: inout PipelineRow) -> Bool {
    let line = row.line
    guard line.contains(0x1b) || line.contains(0xc2) else { return true }
    var result: [UInt8] = []
    var position = 0
    while let whole = expression.firstMatch(in: line.span, from: position)?.first ?? nil, !whole.isEmpty {
      result += line[(line.startIndex + position)..<(line.startIndex + whole.lowerBound)]
      position = whole.upperBound
    }
    if position == 0 { return true }
    result += line[(line.startIndex + position)...]
    row.line = result[...]
    return true
  }
}

import TelemetryText

/// Keeps lines by their content.
struct LineFilterStage: Stage {
  /// One operand, ready to run.
  enum Test: Sendable {
    case contains([UInt8])
    case matches(RegularExpression)
    case pattern(LinePattern)
    case address(AddressPattern)

    func holds(_ line: ArraySlice<UInt8>) -> Bool {
      switch self {
      case .contains(let bytes): ByteSearch.contains(bytes, in: line)
      case .matches(let expression): expression.matches(line.span)
      case .pattern(let pattern): pattern.matches(line)
      case .address(let pattern): pattern.isFound(in: line)
      }
    }
  }

  private let tests: [Test]
  private let isNegative: Bool

  /// - Throws: what is wrong with an operand, in words.
  init(_ filter: LineFilter) throws(StageError) {
    var tests: [Test] = []
    for operand in filter.operands { tests.append(try LineFilterStage.test(filter.operation, operand)) }
    self.tests = tests
    isNegative = filter.operation.isNegative
  }

  private static func test(_ operation: LineOperation, _ operand: LineOperand) throws(StageError) -> Test {
    switch (operation, operand) {
    case (.contains, .address(let pattern)), (.doesNotContain, .address(let pattern)):
      return .address(try AddressPattern(pattern))
    case (_, .address): throw StageError("ip: invalid operation")
    case (.contains, .text(let text)), (.doesNotContain, .text(let text)): return .contains(Array(text.utf8))
    case (.matches, .text(let text)), (.doesNotMatch, .text(let text)):
      return .matches(try StageError.compile(text, isAnchored: false))
    case (.matchesPattern, .text(let text)), (.doesNotMatchPattern, .text(let text)):
      return .pattern(try LinePattern(text, allowsNames: false))
    }
  }

  func process(_ row: inout PipelineRow) -> Bool {
    for test in tests where test.holds(row.line) { return !isNegative }
    return isNegative
  }
}

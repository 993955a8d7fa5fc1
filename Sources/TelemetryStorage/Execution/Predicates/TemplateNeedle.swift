import TelemetryEncoding
import TelemetryModel
import TelemetryStore

/// What a test of texts can say of a template before its variables are known.
struct TemplateNeedle {
  /// Whether the texts of a template match.
  enum Verdict {
    case never
    case always
    case dependsOnVariables
  }

  private enum Form {
    /// The text is one of these.
    case whole([TemplateSimulation])
    /// The text has each of these somewhere, or begins with the one.
    case pieces([TemplateSimulation])
    case unknown
  }

  private let test: ValueTest.BytesTest
  private let form: Form
  /// What stands in the template of every text that matches; nil when nothing is certain.
  private let fixed: ByteSearch?

  /// A set of more values is tested text by text.
  private static let wholeLimit = 8
  /// Shorter pieces stand in most templates.
  private static let fixedMinimum = 3

  init(_ test: ValueTest.BytesTest) {
    self.test = test
    var isCaseFolded = false
    var form = Form.unknown
    var fixed: [UInt8] = []
    func simulation(_ text: [UInt8], _ place: TemplateSimulation.Place) -> TemplateSimulation {
      TemplateSimulation(text, isCaseFolded: isCaseFolded, place: place)
    }
    switch test {
    case .compare(.equal, let literal):
      form = .whole([simulation(literal, .whole)])
      fixed = FixedPiece.longest(in: literal, startsToken: true, endsToken: true)
    case .set(let literals) where literals.count <= TemplateNeedle.wholeLimit:
      form = .whole(literals.map { simulation($0, .whole) })
    case .any, .compare, .set: break
    case .text(let matcher):
      switch matcher.form {
      case .equals(let search):
        isCaseFolded = search.isCaseFolded
        form = .whole([simulation(search.needle, .whole)])
        fixed = FixedPiece.longest(in: search.needle, startsToken: true, endsToken: true)
      case .prefix(let search):
        isCaseFolded = search.isCaseFolded
        form = .pieces([simulation(search.needle, .start)])
        fixed = FixedPiece.longest(in: search.needle, startsToken: true, endsToken: false)
      case .contains(let search):
        isCaseFolded = search.isCaseFolded
        form = .pieces([simulation(search.needle, .anywhere)])
        fixed = FixedPiece.longest(in: search.needle, startsToken: false, endsToken: false)
      case .phrase(let phrase):
        isCaseFolded = phrase.isCaseFolded
        form = .pieces(phrase.tokens.map { simulation($0, .anywhere) })
        for (number, token) in phrase.tokens.enumerated() {
          let mayGoOn = phrase.lastIsPrefix && number == phrase.tokens.count - 1
          let piece = FixedPiece.longest(in: token, startsToken: true, endsToken: !mayGoOn)
          if piece.count > fixed.count { fixed = piece }
        }
      case .regularExpression:
        guard let anchor = matcher.anchor else { break }
        isCaseFolded = anchor.isCaseFolded
        form = .pieces([simulation(anchor.needle, .anywhere)])
        fixed = FixedPiece.longest(in: anchor.needle, startsToken: false, endsToken: false)
      }
    }
    self.form = form
    let isCertain = fixed.count >= TemplateNeedle.fixedMinimum
    self.fixed = isCertain ? ByteSearch(fixed, isCaseFolded: isCaseFolded) : nil
  }

  /// The templates whose own bytes do not rule out a match, ascending: found by one search over all of them where the test
  /// has a piece that no variable can hold.
  func candidates(_ templates: BytesColumn) -> [Int] {
    guard let fixed else { return Array(0..<templates.count) }
    let arena = templates.arena.span
    var found: [Int] = []
    var template = 0
    var position = 0
    while let place = fixed.first(in: arena, from: position) {
      while template < templates.count, templates.range(template).upperBound <= place { template += 1 }
      guard template < templates.count else { break }
      let end = templates.range(template).upperBound
      if place + fixed.needle.count <= end {
        found.append(template)
        position = end
      } else {
        position = place + 1
      }
    }
    return found
  }

  /// The verdict from the bytes that all texts of the template share; its variables may be any.
  func verdict(_ template: Span<UInt8>) -> Verdict {
    var hasVariables = false
    for index in template.indices where template[index] == StoredTemplates.marker {
      hasVariables = true
      break
    }
    if !hasVariables { return ValueTest.matches(test, template, type: .string) ? .always : .never }
    // No needle has the marker's byte, and to a phrase it is part of a token, as variables are: what is found stands
    // between the variables.
    if case .text(let matcher) = test {
      switch matcher.form {
      case .contains, .phrase, .prefix: if matcher.matches(template) { return .always }
      case .equals, .regularExpression: break
      }
    }
    return mayMatch(template, []) ? .dependsOnVariables : .never
  }

  /// Whether some text of the template may match.
  ///
  /// - Parameter alphabets: what the variable of each marker may be made of; any bytes of variables when empty.
  func mayMatch(_ template: Span<UInt8>, _ alphabets: [VariableAlphabet]) -> Bool {
    switch form {
    case .unknown: return true
    case .whole(let texts):
      for text in texts where text.mayMatch(template, alphabets) { return true }
      return false
    case .pieces(let pieces):
      for piece in pieces where !piece.mayMatch(template, alphabets) { return false }
      return true
    }
  }
}

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
    case whole([[UInt8]])
    case prefix([UInt8])
    /// The text has each of these somewhere.
    case pieces([[UInt8]])
    case unknown
  }

  private let test: ValueTest.BytesTest
  private let form: Form
  private let isCaseFolded: Bool
  private var simulation = TemplateSimulation()

  /// A set of more values is tested text by text.
  private static let wholeLimit = 8

  init(_ test: ValueTest.BytesTest) {
    self.test = test
    var isCaseFolded = false
    switch test {
    case .compare(.equal, let literal): form = .whole([literal])
    case .set(let literals) where literals.count <= TemplateNeedle.wholeLimit: form = .whole(Array(literals))
    case .any, .compare, .set: form = .unknown
    case .text(let matcher):
      switch matcher.form {
      case .equals(let search):
        form = .whole([search.needle])
        isCaseFolded = search.isCaseFolded
      case .prefix(let search):
        form = .prefix(search.needle)
        isCaseFolded = search.isCaseFolded
      case .contains(let search):
        form = .pieces([search.needle])
        isCaseFolded = search.isCaseFolded
      case .phrase(let tokens):
        form = .pieces(tokens.tokens)
        isCaseFolded = tokens.isCaseFolded
      case .regularExpression:
        form = matcher.anchor.map { .pieces([$0.needle]) } ?? .unknown
        isCaseFolded = matcher.anchor?.isCaseFolded ?? false
      }
    }
    self.isCaseFolded = isCaseFolded
  }

  /// The verdict from the bytes that all texts of the template share; its variables may be any.
  mutating func verdict(_ template: Span<UInt8>) -> Verdict {
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
  mutating func mayMatch(_ template: Span<UInt8>, _ alphabets: [VariableAlphabet]) -> Bool {
    switch form {
    case .unknown: return true
    case .whole(let texts):
      for text in texts where simulation.finds(text, isCaseFolded, in: template, alphabets, place: .whole) {
        return true
      }
      return false
    case .prefix(let text): return simulation.finds(text, isCaseFolded, in: template, alphabets, place: .start)
    case .pieces(let pieces):
      for piece in pieces where !simulation.finds(piece, isCaseFolded, in: template, alphabets, place: .anywhere) {
        return false
      }
      return true
    }
  }
}

/// Follows a needle through a template byte by byte, at every place where it may stand. A variable stands for any number of
/// bytes of its alphabet, which is more than it may be: only "no" is certain.
struct TemplateSimulation {
  enum Place { case whole, start, anywhere }

  private var current: [Int] = []
  private var next: [Int] = []
  /// The step in which a position was last reached.
  private var reached: [Int32] = []
  /// Of each marker position, its number among the markers.
  private var markers: [Int] = []

  mutating func finds(
    _ needle: [UInt8], _ isCaseFolded: Bool, in template: Span<UInt8>, _ alphabets: [VariableAlphabet], place: Place
  ) -> Bool {
    let end = template.count
    reached.removeAll(keepingCapacity: true)
    reached.append(contentsOf: repeatElement(-1, count: end + 1))
    markers.removeAll(keepingCapacity: true)
    var markerCount = 0
    for index in 0..<end {
      markers.append(markerCount)
      if template[index] == StoredTemplates.marker { markerCount += 1 }
    }
    current.removeAll(keepingCapacity: true)
    switch place {
    case .whole, .start: TemplateSimulation.reach(0, 0, template, &reached, into: &current)
    case .anywhere:
      for position in 0...end { TemplateSimulation.reach(position, 0, template, &reached, into: &current) }
    }
    for (step, byte) in needle.enumerated() {
      next.removeAll(keepingCapacity: true)
      for position in current where position < end {
        let own = template[position]
        if own == StoredTemplates.marker {
          let alphabet = alphabets.isEmpty ? VariableAlphabet.any : alphabets[markers[position]]
          let isPossible =
            alphabet.contains(byte)
            || (isCaseFolded && alphabet.contains(byte ^ 0x20) && asciiLowered(byte ^ 0x20) == byte)
          if isPossible { TemplateSimulation.reach(position, Int32(step + 1), template, &reached, into: &next) }
        } else if (isCaseFolded ? asciiLowered(own) : own) == byte {
          TemplateSimulation.reach(position + 1, Int32(step + 1), template, &reached, into: &next)
        }
      }
      swap(&current, &next)
      if current.isEmpty { return false }
    }
    return place != .whole || current.contains(end)
  }

  /// Adds a position, and those behind it that only variables of no bytes part from it.
  private static func reach(
    _ start: Int, _ step: Int32, _ template: Span<UInt8>, _ reached: inout [Int32], into list: inout [Int]
  ) {
    var position = start
    while reached[position] != step {
      reached[position] = step
      list.append(position)
      guard position < template.count, template[position] == StoredTemplates.marker else { return }
      position += 1
    }
  }
}

/// A byte string that every match of a regular expression contains, so that most texts need no expression.
///
/// Reads RE2 syntax only as far as it is sure: the longest run of plain characters outside groups, classes and
/// alternatives. What it does not know ends a run or gives up.
enum RequiredLiteral {
  /// Shorter literals stand in too many texts.
  private static let shortest = 3

  /// nil when nothing long enough is certain.
  ///
  /// - Parameter isCaseFolded: the expression ignores case; the literal is to be searched for with ASCII letters folded.
  static func of(_ pattern: String, isCaseFolded: Bool) -> [UInt8]? {
    var reader = Reader(pattern, isCaseFolded: isCaseFolded)
    guard reader.read(), reader.longest.count >= shortest else { return nil }
    return reader.longest
  }

  private struct Reader {
    private let pattern: [Unicode.Scalar]
    private let isCaseFolded: Bool
    private var position = 0
    /// The characters of the run under way, as UTF-8.
    private var run: [[UInt8]] = []
    private(set) var longest: [UInt8] = []

    init(_ pattern: String, isCaseFolded: Bool) {
      self.pattern = Array(pattern.unicodeScalars)
      self.isCaseFolded = isCaseFolded
    }

    /// False when nothing can be said.
    mutating func read() -> Bool {
      while position < pattern.count {
        let scalar = pattern[position]
        position += 1
        switch scalar {
        case "|", ")": return false
        case "(": guard skipGroup() else { return false }
        case "[": guard skipClass() else { return false }
        case "*", "?", "{":
          // The character before may be missing.
          if !run.isEmpty { run.removeLast() }
          endRun()
          if scalar == "{" { guard skip(to: "}") else { return false } }
        case "+", ".", "^", "$": endRun()
        case "\\": guard readEscape() else { return false }
        default: add(scalar)
        }
      }
      endRun()
      return true
    }

    private mutating func add(_ scalar: Unicode.Scalar) {
      // Kelvin sign and long s fold to k and s, other letters beyond ASCII to each other.
      if isCaseFolded, !scalar.isASCII || "kKsS".unicodeScalars.contains(scalar) {
        endRun()
      } else {
        run.append(Array(String(scalar).utf8))
      }
    }

    private mutating func endRun() {
      let bytes = run.flatMap { $0 }
      if bytes.count > longest.count { longest = bytes }
      run = []
    }

    /// An escaped punctuation mark is itself; anything else may be a class, a position or a quotation.
    private mutating func readEscape() -> Bool {
      guard position < pattern.count else { return false }
      let scalar = pattern[position]
      position += 1
      if scalar.isASCII, !scalar.properties.isAlphabetic, !("0"..."9").contains(scalar) {
        add(scalar)
        return true
      }
      endRun()
      return "dDwWsSbBAz".unicodeScalars.contains(scalar)
    }

    /// Skips a group; one that sets flags changes what follows it.
    private mutating func skipGroup() -> Bool {
      endRun()
      if position < pattern.count, pattern[position] == "?" {
        guard position + 1 < pattern.count, ":P<".unicodeScalars.contains(pattern[position + 1]) else { return false }
      }
      var depth = 1
      while position < pattern.count, depth > 0 {
        let scalar = pattern[position]
        position += 1
        switch scalar {
        case "(": depth += 1
        case ")": depth -= 1
        case "[": guard skipClass() else { return false }
        case "\\":
          guard position < pattern.count, pattern[position] != "Q" else { return false }
          position += 1
        default: break
        }
      }
      return depth == 0
    }

    private mutating func skipClass() -> Bool {
      endRun()
      if position < pattern.count, pattern[position] == "^" { position += 1 }
      var isFirst = true
      while position < pattern.count {
        let scalar = pattern[position]
        position += 1
        switch scalar {
        case "]" where !isFirst: return true
        case "[" where position < pattern.count && pattern[position] == ":": guard skip(to: "]") else { return false }
        case "\\": position += 1
        default: break
        }
        isFirst = false
      }
      return false
    }

    private mutating func skip(to end: Unicode.Scalar) -> Bool {
      while position < pattern.count {
        position += 1
        if pattern[position - 1] == end { return true }
      }
      return false
    }
  }
}

import TelemetryEncoding

/// Follows a needle through a template byte by byte, at every place where it may stand. A variable stands for any number of
/// bytes of its alphabet, which is more than it may be: only "no" is certain.
///
/// Bit k of a state says that the first k bytes of the needle may end here. Of a longer needle only its beginning is
/// followed.
struct TemplateSimulation {
  enum Place { case whole, start, anywhere }

  private static let lengthLimit = 63

  private let place: Place
  private let length: Int
  /// For each byte, the positions of the needle where it may stand.
  private let accepting: [UInt64]
  /// The same for the bytes of alphabets.
  private let any: UInt64
  private let digits: UInt64
  private let lowerHexadecimal: UInt64
  private let upperHexadecimal: UInt64

  /// - Parameter needle: in lower case when folded.
  init(_ needle: [UInt8], isCaseFolded: Bool, place: Place) {
    let followed = needle.prefix(TemplateSimulation.lengthLimit)
    length = followed.count
    self.place = place == .whole && followed.count < needle.count ? .start : place
    var accepting = [UInt64](repeating: 0, count: 256)
    for (position, byte) in followed.enumerated() {
      accepting[Int(byte)] |= 1 &<< UInt64(position)
      if isCaseFolded, asciiLowered(byte ^ 0x20) == byte { accepting[Int(byte ^ 0x20)] |= 1 &<< UInt64(position) }
    }
    func positions(_ alphabet: VariableAlphabet) -> UInt64 {
      var found: UInt64 = 0
      for byte in accepting.indices where alphabet.contains(UInt8(truncatingIfNeeded: byte)) {
        found |= accepting[byte]
      }
      return found
    }
    any = positions(.any)
    digits = positions(.digits)
    lowerHexadecimal = positions(.lowerHexadecimal)
    upperHexadecimal = positions(.upperHexadecimal)
    self.accepting = accepting
  }

  /// Whether some text of the template may have the needle at the place.
  func mayMatch(_ template: Span<UInt8>, _ alphabets: [VariableAlphabet]) -> Bool {
    let accepting = accepting.span
    let found: UInt64 = 1 &<< UInt64(length)
    let entry: UInt64 = place == .anywhere ? 1 : 0
    var state: UInt64 = 1
    var marker = 0
    if place != .whole, length == 0 { return true }
    for index in template.indices {
      let byte = template[index]
      if byte == StoredTemplates.marker {
        let held = positions(marker < alphabets.count ? alphabets[marker] : .any)
        marker &+= 1
        var before: UInt64
        repeat {
          before = state
          state |= (state & held) &<< 1
        } while state != before
      } else {
        state = (state & accepting[Int(byte)]) &<< 1 | entry
      }
      if place != .whole, state & found != 0 { return true }
      if state == 0 { return false }
    }
    return state & found != 0
  }

  private func positions(_ alphabet: VariableAlphabet) -> UInt64 {
    switch alphabet {
    case .any: any
    case .digits: digits
    case .lowerHexadecimal: lowerHexadecimal
    case .upperHexadecimal: upperHexadecimal
    }
  }
}

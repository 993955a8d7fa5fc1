/// A pattern of literals and captures: `<ip> - <_> "<method> <path>"`.
struct LinePattern: Sendable {
  /// A piece of the pattern.
  enum Piece: Sendable, Equatable {
    case literal([UInt8])
    /// Empty for `<_>`.
    case capture(String)
  }

  let pieces: [Piece]

  /// The names of the captures in order.
  var names: [String] {
    pieces.compactMap { if case .capture(let name) = $0, !name.isEmpty { name } else { nil } }
  }

  /// - Parameter allowsNames: whether captures may have names (a parser) or not (a line filter).
  init(_ pattern: String, allowsNames: Bool) throws(StageError) {
    pieces = LinePattern.pieces(Array(pattern.utf8))
    var previousWasCapture = false
    var names: Set<String> = []
    for piece in pieces {
      guard case .capture(let name) = piece else {
        previousWasCapture = false
        continue
      }
      if previousWasCapture {
        throw StageError("found consecutive capture '<\(name.isEmpty ? "_" : name)>': invalid expression")
      }
      previousWasCapture = true
      if name.isEmpty { continue }
      if !allowsNames { throw StageError("named captures are not allowed: <\(name)>") }
      if !names.insert(name).inserted { throw StageError("duplicate capture name (\(name)): invalid expression") }
    }
    if allowsNames, names.isEmpty { throw StageError("at least one capture is required") }
  }

  private static func pieces(_ bytes: [UInt8]) -> [Piece] {
    var pieces: [Piece] = []
    var literal: [UInt8] = []
    var position = 0
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "<"), let (name, end) = capture(bytes, position) {
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        literal = []
        pieces.append(.capture(name == "_" ? "" : name))
        position = end
      } else {
        literal.append(bytes[position])
        position += 1
      }
    }
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    return pieces
  }

  /// `<name>` at `start`: the name and where it ends.
  private static func capture(_ bytes: [UInt8], _ start: Int) -> (String, Int)? {
    var end = start + 1
    while end < bytes.count, isNamePart(bytes[end], isFirst: end == start + 1) { end += 1 }
    guard end > start + 1, end < bytes.count, bytes[end] == UInt8(ascii: ">") else { return nil }
    return (String(decoding: bytes[(start + 1)..<end], as: UTF8.self), end + 1)
  }

  private static func isNamePart(_ byte: UInt8, isFirst: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): !isFirst
    default: false
    }
  }

  /// Whether the pattern describes the whole line.
  func matches(_ line: ArraySlice<UInt8>) -> Bool {
    if line.isEmpty || pieces.isEmpty { return line.isEmpty && pieces.isEmpty }
    var position = line.startIndex
    for (index, piece) in pieces.enumerated() {
      guard case .literal(let bytes) = piece else { continue }
      guard let found = ByteSearch.index(of: bytes, in: line, from: position) else { return false }
      if index == 0, found != line.startIndex { return false }
      position = found + bytes.count
    }
    if case .capture = pieces[pieces.count - 1] { return position != line.endIndex }
    return position == line.endIndex
  }

  /// The texts of the named captures in order; a line that ends early fills only the first of them.
  func captures(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    guard !line.isEmpty else { return [] }
    var rest = line
    var next = 0
    var found: [ArraySlice<UInt8>] = []
    if case .literal(let bytes)? = pieces.first {
      guard rest.starts(with: bytes) else { return [] }
      rest = rest.dropFirst(bytes.count)
      next = 1
    }
    while next < pieces.count {
      guard case .capture(let name) = pieces[next] else { return found }
      guard next + 1 < pieces.count, case .literal(let bytes) = pieces[next + 1],
        let end = ByteSearch.index(of: bytes, in: rest)
      else {
        if !name.isEmpty { found.append(rest) }
        return found
      }
      if !name.isEmpty { found.append(rest[..<end]) }
      rest = rest[(end + bytes.count)...]
      next += 2
    }
    return found
  }
}

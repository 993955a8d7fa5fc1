/// Typed access to the environment; empty values count as absent, as the specification asks.
///
/// A value that cannot be read is a warning, never silence.
struct EnvironmentVariables {
  private let values: [String: String]
  /// What could not be read.
  private(set) var warnings: [String] = []

  init(_ values: [String: String]) { self.values = values }

  /// The value without blanks around it, or nil when it is absent or empty.
  func text(_ name: String) -> String? {
    guard let value = values[name] else { return nil }
    let trimmed = String(decoding: value.utf8.trimmed, as: UTF8.self)
    return trimmed.isEmpty ? nil : trimmed
  }

  /// `true` in any case is true, everything else false.
  func flag(_ name: String) -> Bool { text(name)?.lowercased() == "true" }

  /// A whole number that is not negative.
  mutating func count(_ name: String) -> Int? {
    guard let text = text(name) else { return nil }
    guard let value = Int(text), value >= 0 else {
      warn("\(name)=\(text) is no number that can be used: the default applies")
      return nil
    }
    return value
  }

  /// A time in milliseconds.
  mutating func milliseconds(_ name: String) -> Duration? { count(name).map { .milliseconds($0) } }

  /// `key=value,key=value`, percent-decoded.
  mutating func pairs(_ name: String) -> [(key: String, value: String)] {
    guard let text = text(name) else { return [] }
    var pairs: [(key: String, value: String)] = []
    for part in text.utf8.split(separator: 0x2c) {
      guard let equals = part.firstIndex(of: 0x3d), !part[..<equals].trimmed.isEmpty else {
        warn("\(name) holds a part that is not name=value: it is left out")
        continue
      }
      let key = PercentEncoding.decode(part[..<equals].trimmed)
      pairs.append((key, PercentEncoding.decode(part[part.index(after: equals)...].trimmed)))
    }
    return pairs
  }

  /// Remembers what to tell the user.
  mutating func warn(_ warning: String) { warnings.append(warning) }
}

import FoundationEssentials
import Yams

/// Makes a `ServerConfiguration` from defaults, a YAML file, the environment and flags; later ones win.
package struct ConfigurationLoader {
  /// Where the value of a setting came from.
  package enum Origin: Sendable, Hashable, CustomStringConvertible {
    case standard
    case file(String, line: Int)
    case environment(String)
    case flag

    package var description: String {
      switch self {
      case .standard: "default"
      case .file(let name, let line): "\(name):\(line)"
      case .environment(let name): name
      case .flag: "flag"
      }
    }
  }

  /// One thing that is wrong, and where.
  package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    package let origin: Origin
    package let message: String

    package var description: String { "\(origin): \(message)" }
  }

  package private(set) var configuration = ServerConfiguration()
  package private(set) var origins: [String: Origin] = [:]
  package private(set) var problems: [Problem] = []

  package init() {}

  /// Replaces a setting's default.
  package mutating func setStandard(path: String, value: String) {
    guard let setting = Setting.named(path) else { return }
    set(setting, value, .standard)
  }

  /// Applies a YAML file.
  package mutating func apply(file path: String) {
    guard let content = try? Data(contentsOf: URL(filePath: path)) else {
      note(.file(path, line: 1), "cannot be read")
      return
    }
    apply(yaml: String(decoding: content, as: UTF8.self), fileName: path)
  }

  /// Applies a YAML document; every problem is noted with its line.
  package mutating func apply(yaml text: String, fileName: String) {
    do {
      guard let root = try Yams.compose(yaml: text) else { return }
      apply(root, path: "", fileName: fileName)
    } catch let error as YamlError {
      note(.file(fileName, line: error.line ?? 1), "not valid YAML: \(error.summary)")
    } catch {
      note(.file(fileName, line: 1), "not valid YAML: \(error)")
    }
  }

  /// Applies `SIGHTLINE_…` variables; an unknown one is a problem, since it is probably a typing error.
  ///
  /// `SIGHTLINE_SERVER` and `SIGHTLINE_TOKEN` belong to the terminal's client commands.
  package mutating func apply(environment: [String: String]) {
    let settings = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.environmentName, $0) })
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("SIGHTLINE_") {
      if ["SIGHTLINE_SERVER", "SIGHTLINE_TOKEN", "SIGHTLINE_CONFIG", "SIGHTLINE_CONFORMANCE"].contains(name) {
        continue
      }
      guard let setting = settings[name] else {
        note(
          .environment(name), "no such setting\(ConfigurationLoader.suggestion(for: name, among: Array(settings.keys)))"
        )
        continue
      }
      set(setting, value, .environment(name))
    }
  }

  /// Applies one setting given on the command line.
  package mutating func apply(path: String, value: String) {
    guard let setting = Setting.named(path) else {
      note(.flag, "no setting '\(path)'\(ConfigurationLoader.suggestion(for: path, among: Setting.all.map(\.path)))")
      return
    }
    set(setting, value, .flag)
  }

  /// Checks what no single setting can see.
  package mutating func checkTogether() {
    let hasTLS = !configuration.tlsCertificatePath.isEmpty || !configuration.tlsKeyPath.isEmpty
    if hasTLS, configuration.tlsCertificatePath.isEmpty || configuration.tlsKeyPath.isEmpty {
      note(
        origins["tls.certificate"] ?? origins["tls.key"] ?? .standard,
        "tls.certificate and tls.key go together; set both")
    }
    if configuration.isExposed, !hasTLS, !configuration.isBehindProxy {
      let exposed = configuration.listenAddresses.first { !$0.isLoopback }
      let path = Setting.all.first { $0.path.hasPrefix("listen.") && $0.show(configuration) == exposed?.description }?
        .path
      note(
        origins[path ?? "listen.http"] ?? .standard,
        "\(exposed?.description ?? "an address") can be reached from other machines: set tls.certificate and tls.key, or behind_proxy when a proxy terminates TLS"
      )
    }
  }

  /// The effective configuration as YAML with the origin of each value behind it.
  package func rendered() -> String {
    var lines: [String] = []
    var open: [Substring] = []
    for setting in Setting.all {
      let components = setting.path.split(separator: ".")
      let parents = Array(components.dropLast())
      let shared = zip(open, parents).prefix { $0 == $1 }.count
      for (depth, parent) in parents.enumerated() where depth >= shared {
        lines.append(String(repeating: "  ", count: depth) + "\(parent):")
      }
      open = parents
      let indent = String(repeating: "  ", count: parents.count)
      let value = setting.show(configuration)
      lines.append(
        "\(indent)\(components.last ?? ""): \(value.isEmpty ? "\"\"" : value)  # \(origins[setting.path] ?? .standard)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private mutating func apply(_ node: Node, path: String, fileName: String) {
    let line = node.mark?.line ?? 1
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping {
        guard let name = key.string else {
          note(.file(fileName, line: key.mark?.line ?? line), "a key is not text")
          continue
        }
        let inner = path.isEmpty ? name : "\(path).\(name)"
        if Setting.named(inner) == nil, !Setting.all.contains(where: { $0.path.hasPrefix(inner + ".") }) {
          note(
            .file(fileName, line: key.mark?.line ?? line),
            "no setting '\(inner)'\(ConfigurationLoader.suggestion(for: inner, among: Setting.all.map(\.path)))")
          continue
        }
        apply(value, path: inner, fileName: fileName)
      }
    case .scalar(let scalar):
      guard let setting = Setting.named(path) else {
        if path.isEmpty || !scalar.string.isEmpty {
          note(
            .file(fileName, line: line),
            path.isEmpty ? "expected a mapping of settings" : "'\(path)' holds settings, not a value")
        }
        return
      }
      set(setting, scalar.string, .file(fileName, line: line))
    case .sequence, .alias:
      note(.file(fileName, line: line), "'\(path)' takes one value, not a list")
    }
  }

  private mutating func set(_ setting: Setting, _ value: String, _ origin: Origin) {
    if setting.apply(&configuration, value) {
      origins[setting.path] = origin
    } else {
      note(origin, "'\(value)' is not valid for \(setting.path): expected \(setting.form)")
    }
  }

  private mutating func note(_ origin: Origin, _ message: String) {
    problems.append(Problem(origin: origin, message: message))
  }

  /// “, did you mean …?” when a known name differs by two letters at most.
  private static func suggestion(for name: String, among names: [String]) -> String {
    let closest = names.map { ($0, distance($0, name)) }.min { $0.1 < $1.1 }
    guard let (candidate, edits) = closest, edits <= 2 else { return "" }
    return ", did you mean '\(candidate)'?"
  }

  /// Levenshtein distance.
  private static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.utf8)
    let right = Array(right.utf8)
    var row = Array(0...right.count)
    for (i, character) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        let previous = row[j + 1]
        row[j + 1] = min(previous + 1, row[j] + 1, diagonal + (character == other ? 0 : 1))
        diagonal = previous
      }
    }
    return row[right.count]
  }
}

extension YamlError {
  fileprivate var line: Int? {
    switch self {
    case .reader(_, _, _, _): nil
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
    default: nil
    }
  }

  fileprivate var summary: String {
    switch self {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
    case .reader(let problem, _, _, _): problem
    default: String(describing: self)
    }
  }
}

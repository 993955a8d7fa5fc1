import FoundationEssentials
import Testing

/// The house's one-way rule, read from docs/architecture.md and checked against every import line.
@Suite("Import direction")
struct ImportDirectionTests {
  private struct Row {
    let target: String
    let imports: Set<String>
    /// “everything above”.
    let isOpen: Bool
  }

  @Test("every target imports only what the table allows")
  func importsFollowTheTable() throws {
    let rows = try table()
    #expect(rows.count > 15, "the table in docs/architecture.md was found")
    let known = rows.map(\.target)
    for (index, row) in rows.enumerated() {
      let allowed = row.isOpen ? Set(known[..<index]) : row.imports
      #expect(allowed.isSubset(of: Set(known[..<index])), "\(row.target) may import only what stands above it")
      for (file, module) in try imports(of: row.target) where known.contains(module) {
        #expect(allowed.contains(module), "\(file) imports \(module)")
      }
    }
  }

  @Test("the hot targets import no Foundation, NIO or logging")
  func hotTargetsStayBare() throws {
    for target in ["TelemetryModel", "TelemetryEncoding", "TelemetryWire", "TelemetryStore", "TelemetryStorage"] {
      for (file, module) in try imports(of: target) {
        #expect(
          !module.hasPrefix("Foundation") && !module.hasPrefix("NIO") && module != "Logging",
          "\(file) imports \(module)")
      }
    }
  }

  @Test("every target of the package stands in the table")
  func tableIsComplete() throws {
    let sources = try FileManager.default.contentsOfDirectory(atPath: root + "/Sources").filter { !$0.hasPrefix(".") }
    #expect(Set(sources) == Set(try table().map(\.target)))
  }

  private var root: String {
    String(#filePath.dropLast("/Tests/RepositoryTests/ImportDirectionTests.swift".count))
  }

  private func table() throws -> [Row] {
    try text(root + "/docs/architecture.md").split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { $0.drop { $0 == " " } }
      guard cells.count == 5, let target = quoted(cells[1]).first else { return nil }
      return Row(target: target, imports: Set(quoted(cells[3])), isOpen: cells[3].hasPrefix("everything above"))
    }
  }

  private func quoted(_ cell: Substring) -> [String] {
    cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map {
      String($0.element)
    }
  }

  private func imports(of target: String) throws -> [(file: String, module: String)] {
    let directory = root + "/Sources/" + target
    let files = try FileManager.default.subpathsOfDirectory(atPath: directory)
    return try files.filter { $0.hasSuffix(".swift") }.flatMap { file in
      try text(directory + "/" + file).split(separator: "\n").compactMap { line -> (String, String)? in
        let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
        guard let keyword = words.firstIndex(of: "import"), keyword <= 1, words.count > keyword + 1 else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
        let name =
          kinds.contains(words[keyword + 1]) && words.count > keyword + 2 ? words[keyword + 2] : words[keyword + 1]
        return ("\(target)/\(file)", String(name.prefix { $0 != "." }))
      }
    }
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  }
}

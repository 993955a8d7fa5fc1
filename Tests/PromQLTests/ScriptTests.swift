import FoundationEssentials
import Testing

@testable import conformance

@Suite("PromQL scripts")
struct ScriptTests {
  private static let ownFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "ConformanceTests/promql")

  private static func scripts(in folder: URL) -> [URL] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
      .filter { $0.hasSuffix(".test") }.sorted().map { folder.appending(path: $0) }
  }

  @Test("the project's own scripts pass", arguments: scripts(in: ownFolder))
  func ownScripts(file: URL) async throws {
    var runner = PromQLScriptRunner(store: MemorySampleStore())
    let report = try await runner.run(String(contentsOf: file, encoding: .utf8))
    #expect(report.failures == [])
    #expect(report.total > 0)
  }

  @Test("the public scripts pass where they are at hand")
  func publicScripts() async throws {
    guard let folder = ProcessInfo.processInfo.environment["SIGHTLINE_CONFORMANCE"] else {
      print("skipped: SIGHTLINE_CONFORMANCE names no folder with public scripts")
      return
    }
    let files = Self.scripts(in: URL(filePath: folder).appending(path: "promql"))
    #expect(!files.isEmpty)
    for file in files {
      var runner = PromQLScriptRunner(store: MemorySampleStore())
      let report = try await runner.run(String(contentsOf: file, encoding: .utf8))
      #expect(report.failures == [], "\(file.lastPathComponent)")
    }
  }

  @Test("a wrong expectation is found")
  func failures() async throws {
    var runner = PromQLScriptRunner(store: MemorySampleStore())
    let report = try await runner.run(
      """
      load 1m
        a{x="1"} 1 2 3
        h {{schema:0 count:2 sum:3 buckets:[2]}}x2

      eval instant at 1m a
        a{x="1"} 3

      eval instant at 1m a
        a{x="2"} 2

      eval instant at 1m sum(a)
        expect warn
        {} 2

      eval range from 0 to 2m step 1m a
        a{x="1"} 1 2 _

      eval instant at 1m h
        h {{schema:0 count:2 sum:3 buckets:[1 1]}}

      eval instant at 1m a
        expect fail

      eval instant at 1m 1
        2
      """)
    #expect(report.total == 7)
    #expect(report.failures.count == 7)
  }
}

import ArgumentParser
import EmbeddedStore
import Foundation
import TelemetryStore
import TraceQL
import Yams

/// `conformance traceql FILE…`: lists of queries that are valid, fail to parse, fail validation or are refused.
struct TraceQLCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "traceql",
    abstract: "Checks lists of TraceQL queries: valid, parse_fails, validate_fails, unsupported.")

  @Argument(help: "YAML files with the lists.") var files: [String]

  mutating func run() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("traceql-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try await TraceQLSample.store(in: folder.path)
    var hasFailed = false
    for file in files {
      let text = try String(contentsOf: URL(fileURLWithPath: file), encoding: .utf8)
      guard let lists = try Yams.load(yaml: text) as? [String: Any] else {
        print("\(file): no lists of queries")
        throw ExitCode.failure
      }
      var passed = 0
      var total = 0
      var failures: [String] = []
      for expectation in TraceQLExpectation.allCases {
        for query in lists[expectation.rawValue] as? [String] ?? [] {
          total += 1
          if let failure = await expectation.failure(of: query, over: store) {
            failures.append(failure)
          } else {
            passed += 1
          }
        }
      }
      print("\(URL(fileURLWithPath: file).lastPathComponent) \(passed)/\(total)")
      for failure in failures { print("  " + failure) }
      hasFailed = hasFailed || !failures.isEmpty || total == 0
    }
    await store.close()
    if hasFailed { throw ExitCode.failure }
  }
}

/// What a list says of its queries; raw values are the lists' names.
enum TraceQLExpectation: String, CaseIterable {
  case valid
  case parseFails = "parse_fails"
  case validateFails = "validate_fails"
  case unsupported

  /// What came instead; nil when all is as expected.
  func failure(of query: String, over store: any TelemetryStore) async -> String? {
    let got = await outcome(of: query, over: store)
    return got.expectation == self ? nil : "\(query)\n    expected: \(rawValue)\n    got: \(got.text)"
  }

  private func outcome(
    of text: String, over store: any TelemetryStore
  ) async -> (expectation: TraceQLExpectation?, text: String) {
    let query: TraceQLQuery
    do throws(TraceQLError) { query = try TraceQLParser.parse(text) } catch { return (.parseFails, error.description) }
    do throws(TraceQLError) {
      try TraceQLChecker.check(query)
      let engine = TraceQLEngine(store)
      switch query.root {
      case .search(let pipeline): _ = try await engine.search(pipeline, SearchRequest())
      case .metrics(let expression): _ = try await engine.metrics(expression, TraceQLSample.request())
      }
      return (.valid, "valid")
    } catch {
      switch error {
      case .syntax, .invalid: return (.validateFails, error.description)
      case .unsupported: return (.unsupported, error.description)
      case .evaluation, .memoryExhausted, .store: return (nil, "evaluation failed: \(error)")
      }
    }
  }
}

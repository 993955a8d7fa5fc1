import Foundation
import QueryTestSupport
import Testing

@Suite struct OpenAPITests {
  @Test("every path of openapi.yaml is answered by the server, none as unknown to the router")
  func paths() async throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appendingPathComponent("docs/api/openapi.yaml"), encoding: .utf8)
    let paths = text.split(separator: "\n").filter { $0.hasPrefix("  \"/") }.map {
      $0.dropFirst(3).prefix { $0 != "\"" }
    }
    #expect(paths.count > 20)
    try await APITestServer.with(NaiveStore()) { server in
      for path in paths where !path.hasPrefix("/api/v1/tokens/") {
        let filled = path.replacing("{trace_id}", with: "zz").replacing("{span_id}", with: "1").replacing(
          "{name}", with: "nobody"
        ).replacing("{tag}", with: "name").replacing("{service}", with: "nobody")
        let answer = try await server.get(String(filled))
        #expect(answer.status != 404 || filled.hasSuffix("/nobody"), "\(path)")
        #expect(answer.status < 500, "\(path)")
      }
    }
  }
}

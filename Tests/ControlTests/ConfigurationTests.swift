import Server
import Testing

@Suite("Configuration")
struct ConfigurationTests {
  @Test("a file, the environment and flags override each other in that order")
  func precedence() {
    var loader = ConfigurationLoader()
    loader.apply(yaml: "data: /from/file\nlisten:\n  http: 127.0.0.1:1\n  otlp_http: 127.0.0.1:2\n", fileName: "s.yaml")
    loader.apply(environment: [
      "SIGHTLINE_DATA": "/from/environment", "SIGHTLINE_LISTEN_HTTP": "127.0.0.1:3", "HOME": "/root",
    ])
    loader.apply(path: "data", value: "/from/flag")
    #expect(loader.problems.isEmpty)
    #expect(loader.configuration.dataDirectory == "/from/flag")
    #expect(loader.configuration.httpAddress.port == 3)
    #expect(loader.configuration.otlpHTTPAddress.port == 2)
    #expect(loader.origins["listen.otlp_http"] == .file("s.yaml", line: 4))
  }

  @Test(
    "what is wrong is named with its line",
    arguments: [
      ("data: x\nlisten:\n  htpt: 127.0.0.1:1\n", 3, "did you mean 'listen.http'?"),
      ("listen:\n  http: 99999\n", 2, "expected HOST:PORT"),
      ("storage:\n  retention:\n    logs: 3 weeks\n", 3, "expected a duration"),
      ("storage: 5\n", 1, "holds settings, not a value"),
      ("data: [a, b]\n", 1, "takes one value, not a list"),
      ("data: 'unfinished\n", 2, "not valid YAML"),
      ("memory: -5\n", 1, "expected a size"),
    ])
  func problems(text: String, line: Int, message: String) {
    var loader = ConfigurationLoader()
    loader.apply(yaml: text, fileName: "s.yaml")
    #expect(loader.problems.count == 1)
    #expect(loader.problems.first?.description.contains(message) == true, "\(loader.problems)")
    guard case .file(_, let found)? = loader.problems.first?.origin else { return }
    #expect(found == line)
  }

  @Test("the printed configuration reads back as itself")
  func rendering() {
    var loader = ConfigurationLoader()
    loader.apply(path: "storage.retention.logs", value: "36h")
    loader.apply(path: "storage.memtable", value: "48MiB")
    var again = ConfigurationLoader()
    again.apply(yaml: loader.rendered(), fileName: "printed.yaml")
    #expect(again.problems.isEmpty, "\(again.problems)")
    #expect(again.configuration == loader.configuration)
  }

  @Test("an address that others can reach needs TLS or a proxy")
  func exposure() {
    func problems(_ settings: [(String, String)]) -> [String] {
      var loader = ConfigurationLoader()
      for (path, value) in settings { loader.apply(path: path, value: value) }
      loader.checkTogether()
      return loader.problems.map(\.message)
    }
    #expect(problems([]).isEmpty)
    #expect(problems([("listen.http", "[::1]:4319"), ("listen.otlp_http", "localhost:1")]).isEmpty)
    #expect(problems([("listen.http", ":4319")]).count == 1)
    #expect(problems([("listen.http", "0.0.0.0:4319"), ("behind_proxy", "true")]).isEmpty)
    #expect(problems([("listen.otlp_grpc", "10.0.0.1:4317"), ("tls.certificate", "a"), ("tls.key", "b")]).isEmpty)
    #expect(problems([("tls.key", "b")]).count == 1)
  }

  @Test("unknown variables are problems, since they are probably typing errors")
  func unknownVariable() {
    var loader = ConfigurationLoader()
    loader.apply(environment: ["SIGHTLINE_LISTEN_HTP": "127.0.0.1:1", "SIGHTLINE_TOKEN": "x"])
    #expect(loader.problems.map(\.message) == ["no such setting, did you mean 'SIGHTLINE_LISTEN_HTTP'?"])
  }
}

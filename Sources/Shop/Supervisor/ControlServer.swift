import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The control page and its small API: `GET /faults`, `POST /faults` with `name=value`, `GET /services`.
struct ControlServer: Sendable {
  let port: Int
  let board: FaultBoard
  let keeper: ChildKeeper
  let peers: Peers

  /// The server.
  func application() -> some ApplicationProtocol {
    let router = Router()
    router.get("/") { _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/html; charset=utf-8"],
        body: .init(byteBuffer: ByteBuffer(string: ControlPage.html(board.all))))
    }
    router.get("/faults") { _, _ in try JSON.response(states()) }
    router.post("/faults") { request, _ in
      let text = String(buffer: try await request.body.collect(upTo: 4096))
      if let problem = board.apply(text) {
        return Response(status: .badRequest, body: .init(byteBuffer: ByteBuffer(string: problem + "\n")))
      }
      // The page's form wants to see the page again.
      if request.headers[.contentType] == "application/x-www-form-urlencoded" {
        return Response(status: .seeOther, headers: [.location: "/"])
      }
      return try JSON.response(states())
    }
    router.get("/services") { _, _ in
      let processes = keeper.processes
      let rows = ServiceName.allCases.map { name in
        ServiceState(
          name: name.rawValue, version: name.version, address: peers.base(name),
          processID: processes[name].map { Int($0) })
      }
      return try JSON.response(rows)
    }
    return Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: Logger.quiet)
  }

  private func states() -> [FaultState] {
    let values = board.all
    return Fault.allCases.map { FaultState(name: $0.rawValue, value: values[$0] ?? 0, summary: $0.summary) }
  }
}

/// One fault as the API shows it.
private struct FaultState: Codable {
  var name: String
  var value: Int
  var summary: String
}

/// One service as the API shows it.
private struct ServiceState: Codable {
  var name: String
  var version: String
  var address: String
  var processID: Int?
}

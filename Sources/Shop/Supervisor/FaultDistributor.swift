import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// Tells every service the faults in force, again and again, so that a restarted service learns them too.
struct FaultDistributor: Service {
  let board: FaultBoard
  let peers: Peers

  func run() async throws {
    let client = HTTPClient(eventLoopGroupProvider: .singleton)
    do {
      try await cancelWhenGracefulShutdown {
        while true {
          await tell(client)
          try await Task.sleep(for: .milliseconds(500))
        }
      }
    } catch is CancellationError {}
    try await client.shutdown()
  }

  private func tell(_ client: HTTPClient) async {
    for name in ServiceName.allCases {
      var request = HTTPClientRequest(url: peers.base(name) + "/internal/faults")
      request.method = .POST
      request.body = .bytes(ByteBuffer(string: board.text))
      // A service that does not answer is starting; it is told in the next round.
      do { _ = try await client.execute(request, timeout: .seconds(1)) } catch { continue }
    }
  }
}

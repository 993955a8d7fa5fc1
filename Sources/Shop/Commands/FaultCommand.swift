import ArgumentParser
import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Switches faults of a running shop.
struct FaultCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fault", abstract: "Switch a fault of the running shop, or list them.",
    discussion: Fault.allCases.map { "  \($0.rawValue)=VALUE   \($0.summary)" }.joined(separator: "\n"))

  @Argument(help: "NAME=VALUE, such as payment-failure=30; without it the faults are listed.")
  var settings: [String] = []

  @Option(help: "The port of the shop's control page.")
  var controlPort = 4320

  func run() async throws {
    let client = HTTPClient(eventLoopGroupProvider: .singleton)
    let result: Result<String, any Error>
    do { result = .success(try await talk(client)) } catch { result = .failure(error) }
    try await client.shutdown()
    print(try result.get())
  }

  private func talk(_ client: HTTPClient) async throws -> String {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(controlPort)/faults")
    if !settings.isEmpty {
      request.method = .POST
      request.body = .bytes(ByteBuffer(string: settings.joined(separator: "&")))
    }
    let response: HTTPClientResponse
    do {
      response = try await client.execute(request, timeout: .seconds(5))
    } catch {
      throw ValidationError("no shop answers on port \(controlPort): start it with `sightline-shop up`")
    }
    let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
    guard response.status == .ok else { throw ValidationError(text) }
    return text
  }
}

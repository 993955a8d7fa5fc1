import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1

/// Sends requests by OTLP over HTTP with protobuf bodies.
///
/// The HTTP client neither traces nor logs, so that exports never cause telemetry of their own.
final class OTLPHTTPSink: TelemetrySink {
  private let endpoints: [TelemetrySignal: ExporterConfiguration]
  private let client: HTTPClient

  init(endpoints: [TelemetrySignal: ExporterConfiguration]) {
    self.endpoints = endpoints
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.tracing.tracer = nil
    configuration.timeout.connect = .seconds(5)
    // The pipeline tries again itself; the client would hold a refused request until its time is over.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 3
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  deinit {
    // The client must be closed before it goes; closing one that is closed already is harmless.
    let client = client
    Task.detached { do { try await client.shutdown() } catch {} }
  }

  func receive(_ request: TelemetryRequest) async -> TelemetryVerdict {
    guard let exporter = endpoints[request.signal] else { return .refused(reason: "no endpoint is configured") }
    var message = HTTPClientRequest(url: exporter.endpoint)
    message.method = .POST
    message.headers.add(name: "content-type", value: "application/x-protobuf")
    message.headers.add(name: "user-agent", value: "sightline-sdk-swift/\(SDKVersion.current)")
    for header in exporter.headers { message.headers.replaceOrAdd(name: header.name, value: header.value) }
    if let compressed = exporter.compression.compress(request.body) {
      message.headers.replaceOrAdd(name: "content-encoding", value: exporter.compression.rawValue)
      message.body = .bytes(ByteBuffer(bytes: compressed))
    } else {
      message.body = .bytes(ByteBuffer(bytes: request.body))
    }
    do {
      let timeout = TimeAmount.nanoseconds(exporter.timeout.nanoseconds)
      let response = try await client.execute(message, timeout: timeout)
      let body = try await response.body.collect(upTo: 4 << 20)
      return Self.verdict(response, body: Array(body.readableBytesView))
    } catch let error as HTTPClientError where Self.isMisconfiguration(error) {
      return .refused(reason: "\(exporter.endpoint) cannot be used as an address: \(error)")
    } catch {
      return .retry(after: nil, reason: "no answer from \(exporter.endpoint): \(error)")
    }
  }

  func shutdown() async {
    // A client that is closed already, or whose connections end with an error, leaves nothing to do.
    do { try await client.shutdown() } catch {}
  }

  private static func isMisconfiguration(_ error: HTTPClientError) -> Bool {
    switch error {
    case .invalidURL, .emptyHost, .emptyScheme: true
    default: false
    }
  }

  private static func verdict(_ response: HTTPClientResponse, body: [UInt8]) -> TelemetryVerdict {
    switch response.status.code {
    case 200..<300:
      let answer = ExportResponse(body)
      if answer.rejectedCount == 0 { return .accepted }
      return .partiallyAccepted(rejectedCount: answer.rejectedCount, message: answer.message)
    case 429, 502, 503, 504:
      let after = response.headers.first(name: "retry-after").flatMap { RetryAfter.parse($0) }
      return .retry(after: after, reason: "the server answered \(response.status)")
    default:
      let text = String(decoding: body.prefix(200).filter { $0 >= 0x20 && $0 < 0x7f }, as: UTF8.self)
      return .refused(reason: "the server answered \(response.status)\(text.isEmpty ? "" : ": " + text)")
    }
  }
}

extension Duration {
  /// The whole nanoseconds, at most 292 years.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? .max : product &+ attoseconds / 1_000_000_000
  }

  /// The seconds, with their fraction.
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

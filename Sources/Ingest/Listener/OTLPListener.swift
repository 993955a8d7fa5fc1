package import Logging
package import NIOCore
import NIOPosix
import NIOSSL

/// One listening socket that takes OTLP/HTTP and OTLP/gRPC, over HTTP/1.1 and HTTP/2, with or without TLS.
package struct OTLPListener: Sendable {
  private let channel: any Channel
  private let connections: ConnectionRegistry
  private let shutdownTimeout: Duration

  /// Binds and listens.
  ///
  /// - Parameters:
  ///   - authorize: the name of the token that a bearer secret belongs to; empty when no token is needed; nil refuses the
  ///     request as unauthenticated. Called on event loops for every request: it must not block.
  ///   - group: where connections are served.
  /// - Throws: `OTLPListenerError` when the address cannot be bound or the TLS files cannot be used.
  package static func start(
    _ configuration: OTLPListenerConfiguration, pipeline: IngestPipeline,
    authorize: @escaping @Sendable (String?) -> String? = { _ in "" },
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    logger: Logger = Logger(label: "sightline.ingest")
  ) async throws(OTLPListenerError) -> OTLPListener {
    let shared = ListenerContext(
      configuration: configuration, pipeline: pipeline, authorize: authorize, logger: logger)
    let connections = ConnectionRegistry(limit: configuration.connectionLimit)
    let tls: NIOSSLContext?
    do {
      tls = try configuration.tls.map { try $0.makeContext(protocols: ["h2", "http/1.1"]) }
    } catch {
      throw OTLPListenerError(.tlsFiles, address: configuration.address, reason: "\(error)")
    }
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      .childChannelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 4096, initial: 16 << 10, maximum: 256 << 10)
      )
      .childChannelInitializer { channel in
        guard connections.add(channel) else { return channel.close() }
        return channel.eventLoop.makeCompletedFuture {
          let connectedAt = NIODeadline.now()
          if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
          try channel.pipeline.syncOperations.addHandler(ProtocolSniffer(shared: shared, connectedAt: connectedAt))
        }
      }
    do {
      let channel = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
      return OTLPListener(
        channel: channel, connections: connections, shutdownTimeout: configuration.shutdownTimeout)
    } catch {
      throw OTLPListenerError(.bind, address: configuration.address, reason: "\(error)")
    }
  }

  /// Where it listens; with the port that was chosen when the configuration's was 0.
  package var boundAddress: SocketAddress? { channel.localAddress }

  /// Open connections.
  package var connectionCount: Int { connections.count }

  /// Takes no new connections, lets requests in flight finish (GOAWAY on HTTP/2), then closes. The pipeline must still run.
  package func shutdown() async {
    // Closing twice fails, and the socket is closed all the same.
    try? await channel.close().get()
    let open = connections.close()
    for connection in open {
      connection.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
    let cut = channel.eventLoop.scheduleTask(in: TimeAmount(shutdownTimeout)) {
      for connection in open { connection.close(promise: nil) }
    }
    for connection in open { try? await connection.closeFuture.get() }
    cut.cancel()
  }
}

/// Why a listener could not start.
package struct OTLPListenerError: Error, Sendable, CustomStringConvertible {
  package enum Code: Sendable, Hashable {
    case bind
    case tlsFiles
  }

  package let code: Code
  package let address: String
  package let reason: String

  init(_ code: Code, address: String, reason: String) {
    self.code = code
    self.address = address
    self.reason = reason
  }

  package var description: String {
    switch code {
    case .bind: "cannot listen on \(address): \(reason)"
    case .tlsFiles: "cannot use the TLS files for \(address): \(reason)"
    }
  }
}

extension OTLPListenerConfiguration {
  /// Host and port as people write them.
  fileprivate var address: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

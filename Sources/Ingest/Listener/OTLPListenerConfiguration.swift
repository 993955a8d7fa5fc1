/// Where and how one OTLP listener listens. Every listener takes OTLP/HTTP and OTLP/gRPC alike.
package struct OTLPListenerConfiguration: Sendable {
  /// Certificate and key files in PEM.
  package struct TLSFiles: Sendable, Hashable {
    package let certificateFile: String
    package let keyFile: String

    package init(certificateFile: String, keyFile: String) {
      self.certificateFile = certificateFile
      self.keyFile = keyFile
    }
  }

  package var host: String
  /// 0 for a free one.
  package var port: Int
  /// nil for cleartext.
  package var tls: TLSFiles?
  /// Connections at most; more are closed as they come.
  package var connectionLimit = 4096
  /// From the connection to the end of the first request's head, TLS handshake included.
  package var headerTimeout: Duration = .seconds(10)
  /// Between two arrivals of bytes of one request.
  package var readTimeout: Duration = .seconds(30)
  /// From the head of a request to its last byte.
  package var requestTimeout: Duration = .seconds(300)
  /// Between two requests of one HTTP/1.1 connection.
  package var keepAliveTimeout: Duration = .seconds(300)
  /// How long a body waits for room in the admission gate before it is refused as overloaded.
  package var admissionTimeout: Duration = .seconds(5)
  /// How long requests in flight may take at shutdown before their connections are cut.
  package var shutdownTimeout: Duration = .seconds(10)

  package init(host: String, port: Int, tls: TLSFiles? = nil) {
    self.host = host
    self.port = port
    self.tls = tls
  }
}

package import NIOSSL

extension OTLPListenerConfiguration.TLSFiles {
  /// A server's TLS context with the certificate chain and key of the files.
  ///
  /// - Parameter protocols: what ALPN offers, preferred first.
  /// - Throws: NIOSSL's errors when a file cannot be read or the two do not belong together.
  package func makeContext(protocols: [String]) throws -> NIOSSLContext {
    let certificates = try NIOSSLCertificate.fromPEMFile(certificateFile)
    let key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.applicationProtocols = protocols
    return try NIOSSLContext(configuration: configuration)
  }
}

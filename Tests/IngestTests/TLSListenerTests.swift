import Foundation
import NIOSSL
import Testing

@testable import Ingest

@Suite("OTLP over TLS")
struct TLSListenerTests {
  private static let openssl = "/usr/bin/openssl"

  @Test(
    "requests over TLS are stored, cleartext on the same port is cut, unusable files are named",
    .enabled(if: FileManager.default.isExecutableFile(atPath: openssl), "needs the command openssl"))
  func stores() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ingest-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let key = folder.appendingPathComponent("key.pem").path
    let certificate = folder.appendingPathComponent("certificate.pem").path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.openssl)
    process.arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj",
      "/CN=localhost",
      "-keyout", key, "-out", certificate,
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()

    let files = OTLPListenerConfiguration.TLSFiles(certificateFile: certificate, keyFile: key)
    let configuration = OTLPListenerConfiguration(host: "127.0.0.1", port: 0, tls: files)
    var trusting = TLSConfiguration.makeClientConfiguration()
    trusting.certificateVerification = .none
    let client = try NIOSSLContext(configuration: trusting)
    try await TestServer.with(listener: configuration) { server in
      try await server.withConnection(tls: client) { connection in
        for index in 0..<2 {
          try await connection.send(RawConnection.request(body: Bodies.logs(text: "\(index)")))
          #expect(try await connection.receive().status == 200)
        }
      }
      try await server.withConnection { (connection: inout RawConnection) async throws in
        try await connection.send(RawConnection.request(body: Bodies.logs(text: "clear")))
        await #expect(throws: (any Error).self) { _ = try await connection.receive() }
      }
      #expect(server.store.batches.count == 2)
    }
    let missing = OTLPListenerConfiguration(
      host: "127.0.0.1", port: 0, tls: .init(certificateFile: key, keyFile: "/nonexistent"))
    await #expect(throws: OTLPListenerError.self) { try await TestServer.with(listener: missing) { _ in } }
  }
}

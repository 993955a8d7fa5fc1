package import TelemetryStorage
internal import TelemetryWire

extension EmbeddedStore {
  /// Locks the folder, recovers what is in it, replays the log with the decoder that decoded its bodies first.
  ///
  /// - Throws: `.locked` when another process has the folder, `.unsupportedFormat` when a newer program wrote it, or what the
  ///   file system says; never for damage.
  package static func open(
    _ configuration: EmbeddedStoreConfiguration, fileSystem: any FileSystem = PosixFileSystem()
  ) async throws(StorageError) -> EmbeddedStore {
    try await open(configuration, fileSystem: fileSystem) {
      let decoder = BodyDecoder()
      return { frame in
        try decoder.decode(
          frame.body, kind: frame.kind, contentEncoding: frame.contentEncoding, limits: frame.limits,
          receivedAt: frame.receivedAt
        ).batch
      }
    }
  }
}
